import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { startTestApp } from '../support/app.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ');
const argumentsOf = (instruction: string) =>
  [...dockerfile.matchAll(new RegExp(`^ *${instruction} +(.*)$`, 'gm'))].map(([, text]) => text!);
const healthCheck: string[] = JSON.parse(/^HEALTHCHECK .*?CMD (\[.*\])$/m.exec(dockerfile)![1]!);

async function runHealthCheck(port: string): Promise<number> {
  const [program, ...rest] = healthCheck;
  expect(program).toBe('node');
  return promisify(execFile)(process.execPath, rest, { env: { PORT: port } }).then(
    () => 0,
    (error: { code: number }) => error.code,
  );
}

describe('the image', () => {
  it('is built of files that there are, or that a stage before has made', () => {
    const fromHere = argumentsOf('COPY').filter((text) => !text.startsWith('--from='));
    const sources = fromHere.flatMap((text) => text.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(source))).toEqual([]);
    const stages = argumentsOf('FROM').flatMap((text) => / AS (\w+)$/.exec(text)?.[1] ?? []);
    const used = [...dockerfile.matchAll(/--from=(\w+)/g)].map(([, stage]) => stage!);
    expect(used.filter((stage) => !stages.includes(stage))).toEqual([]);
  });

  it('stands on one version of Node.js, the one that the tests run with', () => {
    expect(new Set(argumentsOf('FROM').map((text) => text.split(' ')[0]))).toEqual(
      new Set([`node:${process.versions.node}-slim`]),
    );
  });

  it('starts what the build makes of main.ts, and is told to stop by the signal that it obeys', () => {
    const [command] = argumentsOf('CMD').slice(-1);
    expect(JSON.parse(command!)).toEqual(['node', 'dist/src/main.js']);
    expect(existsSync('src/main.ts')).toBe(true);
    expect(argumentsOf('STOPSIGNAL')).toEqual(['SIGTERM']);
  });

  it('has a health check that passes where the server answers, and fails where it does not', async () => {
    const app = await startTestApp();
    const { port } = new URL(app.url);
    expect(await runHealthCheck(port)).toBe(0);
    await app.close();
    expect(await runHealthCheck(port)).toBe(1);
  }, 270_000);
});
