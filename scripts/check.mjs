/** `npm run check`: everything but the tests. Each step prints a line; all run, two at a time, even when one fails. */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
const AT_ONCE = 2;

const STEPS = [
  ['types', 'tsc --noEmit --incremental --tsBuildInfoFile .cache/check.tsbuildinfo'],
  ['types of the web', 'tsc --noEmit --incremental --tsBuildInfoFile .cache/web.tsbuildinfo -p examples/web'],
  ['lint and format', 'biome check --error-on-warnings'],
  ['import rules', 'depcruise src migrations test bench scripts docs examples codegen.ts'],
  ['unused exports', 'node scripts/check-exports.mjs'],
  ['generated files', 'tsx scripts/generate.ts --check'],
  ['typed documents', 'graphql-codegen --config codegen.ts --check'],
  ['web documents', 'graphql-codegen --config examples/web/codegen.ts --check'],
  ['exact versions', 'node scripts/check-versions.mjs'],
];

function run(command) {
  return new Promise((resolve) => {
    const [program, ...args] = command.split(' ');
    const child = spawn(program, args, { cwd: root, env: { ...process.env, PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ passed: false, output: error.message }));
    child.on('close', (code) => resolve({ passed: code === 0, output }));
  });
}

const waiting = STEPS.values();
async function runWaiting() {
  for (const [name, command] of waiting) {
    const begin = performance.now();
    const { passed, output } = await run(command);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(`${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(16)} ${seconds.padStart(5)} s`);
    if (passed) continue;
    console.log(`$ ${command}\n${output.trimEnd()}\n`);
    process.exitCode = 1;
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, runWaiting));
