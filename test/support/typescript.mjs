/**
 * Lets the processes that tests start run TypeScript: each file is compiled once and kept, which halves the time until
 * a server is ready. tsx, which does the same for developers, takes a thread and a second of the processor at every start.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SWC_OPTIONS } from './swc-options.js';

const require = createRequire(import.meta.url);
const cache = join(import.meta.dirname, '..', '..', '.cache', 'test-processes');
const directory = join(cache, 'typescript');
const compiler = JSON.stringify([require('@swc/core/package.json').version, SWC_OPTIONS]);

mkdirSync(directory, { recursive: true });
// What V8 makes of the code is kept, too, that of the packages included.
enableCompileCache(join(cache, 'code'));
process.setSourceMapsEnabled(true);
registerHooks({
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    return { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true };
  },
});

function compiled(path) {
  const source = readFileSync(path, 'utf8');
  const key = createHash('sha256').update(compiler).update(path).update(source).digest('hex');
  const kept = join(directory, `${key}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { code } = require('@swc/core').transformSync(source, { ...SWC_OPTIONS, filename: path, swcrc: false });
    // Others who start meanwhile find it whole or not at all.
    const own = `${kept}.${process.pid}`;
    writeFileSync(own, code);
    renameSync(own, kept);
    return code;
  }
}
