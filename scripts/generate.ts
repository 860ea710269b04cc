/** Writes what is generated from the sources and committed; with --check it writes nothing and names what is stale. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedFiles } from './generated-files.ts';

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');

for (const [path, content] of await generatedFiles()) {
  const existing = await readFile(join(root, path), 'utf8').catch(() => undefined);
  if (existing === content) continue;
  if (isCheck) {
    console.error(`${path} is stale: npm run generate`);
    process.exitCode = 1;
  } else {
    await writeFile(join(root, path), content);
    console.log(`wrote ${path}`);
  }
}
