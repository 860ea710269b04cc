import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const SCRIPTS = new URL('../scripts/', import.meta.url);

/** Stands for npm: installs a compiler, and writes down that it ran and with which arguments. */
const FAKE_NPM = `
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
appendFileSync('calls.log', 'npm ' + process.argv.slice(2).join(' ') + '\\n');
rmSync('node_modules', { recursive: true, force: true });
if (readFileSync('package-lock.json', 'utf8').includes('broken')) process.exit(7);
mkdirSync('node_modules/typescript/bin', { recursive: true });
writeFileSync('node_modules/typescript/bin/tsc', readFileSync('fake-tsc.cjs'));
`;

/** Stands for the compiler: makes a file of each source, and fails when one of them says so. */
const FAKE_COMPILER = `
const { appendFileSync, cpSync, globSync, readFileSync } = require('node:fs');
appendFileSync('calls.log', 'tsc ' + process.argv.slice(2).join(' ') + '\\n');
for (const file of globSync('{src,migrations}/**/*.ts')) {
  if (readFileSync(file, 'utf8').includes('wrong')) {
    console.log(file + ': error TS2304');
    process.exitCode = 2;
  }
  cpSync(file, 'dist/' + file.replace(/ts$/, 'js'));
}
`;

let project: string;

beforeEach(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'premium todo bootstrap-')));
  for (const name of ['bootstrap.mjs', 'bootstrap-inputs.mjs', 'bootstrap-lock.mjs']) {
    await cp(new URL(name, SCRIPTS), join(project, 'scripts', name));
  }
  await write('package.json', JSON.stringify({ dependencies: { one: '1.0.0' }, scripts: { start: 'a' } }));
  await write('package-lock.json', lockFile('1.0.0'));
  await write('fake/npm-cli.js', FAKE_NPM);
  await write('fake/package.json', '{"type":"module"}');
  await write('fake-tsc.cjs', FAKE_COMPILER);
  await write('src/main.ts', 'main');
  await write('migrations/first.ts', 'first');
});

afterEach(async () => {
  await rm(project, { recursive: true, force: true });
});

async function write(file: string, content: string): Promise<void> {
  await mkdir(dirname(join(project, file)), { recursive: true });
  await writeFile(join(project, file), content);
}

function lockFile(version: string): string {
  return JSON.stringify({
    packages: {
      '': {},
      'node_modules/one': { version, integrity: 'sha' },
      'node_modules/other-os': { version: '1.0.0', optional: true },
    },
  });
}

function startBootstrap(...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(project, 'scripts', 'bootstrap.mjs'), ...args], {
    // Not the project, as a tool may call it from anywhere.
    cwd: tmpdir(),
    env: {
      PATH: process.env.PATH,
      npm_execpath: join(project, 'fake', 'npm-cli.js'),
      npm_node_execpath: process.execPath,
    },
  });
}

async function bootstrap(...args: string[]): Promise<{ code: number; errors: string; output: string }> {
  const child = startBootstrap(...args);
  const [errors, output, [code]] = await Promise.all([text(child.stderr!), text(child.stdout!), once(child, 'exit')]);
  return { code, errors, output };
}

/** What ran since the last call of this function. */
async function takeCalls(): Promise<string[]> {
  const calls = await readFile(join(project, 'calls.log'), 'utf8').catch(() => '');
  await write('calls.log', '');
  return calls.split('\n').filter((line) => line !== '');
}

const NPM_CI = 'npm ci --include=dev --no-audit --no-fund --loglevel=error';
const COMPILE = 'tsc -p tsconfig.build.json';

describe('installation', () => {
  it('happens in a fresh clone, and not again while nothing changes', async () => {
    expect(await bootstrap()).toEqual({ code: 0, output: '', errors: expect.stringContaining('Installing') });
    expect(await takeCalls()).toEqual([NPM_CI]);
    expect(await bootstrap()).toEqual({ code: 0, output: '', errors: '' });
    expect(await takeCalls()).toEqual([]);
  });

  it('happens again when the lock file, a dependency or the npm settings change, and not for another script', async () => {
    await bootstrap();
    await takeCalls();
    await write('package-lock.json', lockFile('1.0.1'));
    await bootstrap();
    expect(await takeCalls()).toEqual([NPM_CI]);
    await write('.npmrc', 'fund=false');
    await bootstrap();
    expect(await takeCalls()).toEqual([NPM_CI]);
    await write('package.json', JSON.stringify({ dependencies: { one: '1.0.0' }, scripts: { start: 'b' } }));
    await bootstrap();
    expect(await takeCalls()).toEqual([]);
    await write('package.json', JSON.stringify({ dependencies: { one: '1.0.1' } }));
    await bootstrap();
    expect(await takeCalls()).toEqual([NPM_CI]);
  });

  it('accepts what somebody installed by hand when it is all that the lock file asks for', async () => {
    const installByHand = async (version: string) => {
      await rm(join(project, 'node_modules'), { recursive: true, force: true });
      await write('node_modules/node/bin/node', '');
      await write('node_modules/one/package.json', '{}');
      await write('node_modules/.package-lock.json', lockFile(version).replace('other-os', 'more'));
    };
    await installByHand('1.0.0');
    await bootstrap();
    expect(await takeCalls()).toEqual([]);
    await installByHand('0.9.0');
    await bootstrap();
    expect(await takeCalls()).toEqual([NPM_CI]);
    await installByHand('1.0.0');
    await rm(join(project, 'node_modules/one'), { recursive: true });
    await bootstrap();
    expect(await takeCalls()).toEqual([NPM_CI]);
  });

  it('fails with a message when npm fails, and is tried again the next time', async () => {
    await write('package-lock.json', 'broken');
    const failed = await bootstrap();
    expect(failed.code).toBe(1);
    expect(failed.errors).toContain('could not be installed: npm ci ended with code 7');
    await write('package-lock.json', lockFile('1.0.0'));
    await takeCalls();
    expect((await bootstrap()).code).toBe(0);
    expect(await takeCalls()).toEqual([NPM_CI]);
  });
});

describe('build', () => {
  it('happens when a source changed, and not when it was only touched', async () => {
    await bootstrap('--build');
    expect(await takeCalls()).toEqual([NPM_CI, COMPILE]);
    await write('src/main.ts', 'main');
    expect(await bootstrap('--build')).toEqual({ code: 0, output: '', errors: '' });
    expect(await takeCalls()).toEqual([]);
    await write('src/main.ts', 'changed');
    await bootstrap('--build');
    expect(await takeCalls()).toEqual([COMPILE]);
  });

  it('removes the outputs of removed sources, so that an old migration is not run', async () => {
    await write('migrations/second.ts', 'second');
    await bootstrap('--build');
    await rm(join(project, 'migrations', 'second.ts'));
    await bootstrap('--build');
    await expect(readFile(join(project, 'dist/migrations/second.js'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFile(join(project, 'dist/migrations/first.js'), 'utf8')).toBe('first');
  });

  it('copies the assets after the compiler when there is a script for it', async () => {
    await write(
      'scripts/build-assets.mjs',
      `import { appendFileSync } from 'node:fs'; appendFileSync('calls.log', 'assets');`,
    );
    await bootstrap('--build');
    expect(await takeCalls()).toEqual([NPM_CI, COMPILE, 'assets']);
  });

  it("fails with the compiler's output, until the source is right", async () => {
    await write('src/main.ts', 'wrong');
    for (const _attempt of [1, 2]) {
      const { code, errors } = await bootstrap('--build');
      expect(code).toBe(1);
      expect(errors).toContain('src/main.ts: error TS2304');
    }
    await write('src/main.ts', 'right');
    expect((await bootstrap('--build')).code).toBe(0);
  });
});

describe('two at once', () => {
  it('install and build only once', async () => {
    const results = await Promise.all([1, 2, 3].map(() => bootstrap('--build')));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await takeCalls()).toEqual([NPM_CI, COMPILE]);
  });

  it('do not wait for one that was killed', async () => {
    const killed = spawn(process.execPath, ['--eval', '']);
    await once(killed, 'exit');
    await mkdir(join(project, '.cache'));
    await symlink(String(killed.pid), join(project, '.cache', 'bootstrap.lock'));
    expect((await bootstrap()).code).toBe(0);
  });

  it('says for whom it waits', async () => {
    const holder = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 1000)', 'bootstrap.mjs']);
    await mkdir(join(project, '.cache'));
    await symlink(String(holder.pid), join(project, '.cache', 'bootstrap.lock'));
    const waiting = startBootstrap();
    const [message] = await once(waiting.stderr!, 'data');
    expect(String(message)).toContain(`Waiting for process ${holder.pid}`);
    holder.kill();
    expect(await once(waiting, 'exit')).toEqual([0, null]);
  });
});
