import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd, temporaryDirectory } from './cleanup.ts';
import type { Contender } from './contenders.ts';
import { freePort } from './free-port.ts';

const CPU_PROBE = new URL('cpu-probe.ts', import.meta.url).href;
const START_TIMEOUT_MILLISECONDS = 60_000;
const STOP_TIMEOUT_MILLISECONDS = 10_000;

/** A contender that listens. */
export interface RunningContender {
  readonly contender: Contender;
  readonly port: number;
  /** CPU time, user and system, that the process has used since it started. */
  cpuMicroseconds(): Promise<number>;
  /** As it is, garbage included: a forced collection between measurements takes optimised code away too. */
  residentMebibytes(): Promise<number>;
  /** After a garbage collection. */
  memory(): Promise<MemoryInUse>;
  stop(): Promise<void>;
}

export interface MemoryInUse {
  readonly heapMebibytes: number;
  /** what objects of the heap hold outside of it, such as buffers */
  readonly externalMebibytes: number;
  readonly residentMebibytes: number;
}

/**
 * Starts a contender and waits until it is ready; it stops at the end of the benchmark. Its output goes to a file,
 * as a server's would: a pipe would make the runner read every log line, and the load would suffer.
 */
export async function startContender(
  contender: Contender,
  settings: Record<string, string>,
): Promise<RunningContender> {
  const port = await freePort();
  // Also the working directory, so that no .env file of the project is found there.
  const directory = temporaryDirectory(contender.name);
  const logFile = join(directory, 'server.log');
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, ['--import', CPU_PROBE, ...contender.nodeArguments], {
    cwd: directory,
    env: { ...inheritedEnvironment(), ...contender.environment, ...settings, PORT: String(port) },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  atEnd(() => stop(child));
  await waitUntilReady(contender, child, port, logFile);
  return {
    contender,
    port,
    async cpuMicroseconds() {
      const { user, system } = await ask<NodeJS.CpuUsage>('cpu-usage', contender, child);
      return user + system;
    },
    async residentMebibytes() {
      return mebibytes(await ask<number>('resident-memory', contender, child));
    },
    async memory() {
      const { heapUsed, external, rss } = await ask<NodeJS.MemoryUsage>('memory-usage', contender, child);
      return {
        heapMebibytes: mebibytes(heapUsed),
        externalMebibytes: mebibytes(external),
        residentMebibytes: mebibytes(rss),
      };
    },
    stop: () => stop(child),
  };
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

/** Only what a process needs to run at all: settings of the caller's shell must not change a contender. */
function inheritedEnvironment(): Record<string, string> {
  const names = ['PATH', 'TMPDIR', 'TEMP', 'SystemRoot'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

async function waitUntilReady(contender: Contender, child: ChildProcess, port: number, logFile: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MILLISECONDS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    // Any answer but a server error will do: only the product has this route.
    const status = await fetch(`http://127.0.0.1:${port}/health/ready`).then(
      async (response) => {
        await response.body?.cancel();
        return response.status;
      },
      () => undefined,
    );
    if (status !== undefined && status < 500) return;
    await sleep(50);
  }
  child.kill('SIGKILL');
  const lastLines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-20).join('\n');
  throw new Error(`${contender.name} did not start:\n${lastLines}`);
}

async function ask<Answer>(question: string, contender: Contender, child: ChildProcess): Promise<Answer> {
  if (!child.connected) throw new Error(`${contender.name} has ended`);
  const answer = once(child, 'message', { signal: AbortSignal.timeout(10_000) });
  child.send(question);
  const [answered] = (await answer) as [Answer];
  return answered;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MILLISECONDS);
  await ended;
  clearTimeout(timer);
}
