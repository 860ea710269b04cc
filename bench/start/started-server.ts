import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { atEnd, temporaryDirectory } from '../cleanup.ts';
import { postgresCpuMicroseconds } from '../postgres-cpu.ts';

const ENTRY = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const READY = /premium-todo is ready at (\S+)\n/;

/** One start of the product, and its end. */
export interface StartFigures {
  /** from the birth of the process to the line that says it is ready, in milliseconds */
  readonly milliseconds: number;
  /** CPU time of all its processes until then, Linux only, in steps of 10 */
  readonly cpuMilliseconds: number;
  /** resident memory of all its processes at that moment */
  readonly residentMebibytes: number;
}

/** The product as a user starts it. */
export interface StartedServer {
  readonly processId: number;
  readonly port: number;
  /** from the birth of the process to the line that says it is ready, in milliseconds */
  readonly milliseconds: number;
  stop(): Promise<void>;
}

/** Starts the compiled product on a free port; it stops at the end of the benchmark if not before. */
export async function startServer(settings: Record<string, string>): Promise<StartedServer> {
  const begin = performance.now();
  const child = spawn(process.execPath, [ENTRY], {
    cwd: temporaryDirectory('start'),
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', LOG_FORMAT: 'json', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  atEnd(stop);
  const url = await untilReady(child);
  const milliseconds = performance.now() - begin;
  return { processId: child.pid!, port: Number(url.port), milliseconds, stop };
}

/** Starts the product, measures, and stops it in order. */
export async function measureStart(settings: Record<string, string>): Promise<StartFigures> {
  const { processId, milliseconds, stop } = await startServer(settings);
  const microseconds = postgresCpuMicroseconds(processId);
  const residentMebibytes = residentMemory(processId);
  await stop();
  return {
    milliseconds,
    cpuMilliseconds: microseconds === undefined ? Number.NaN : microseconds / 1000,
    residentMebibytes,
  };
}

async function untilReady(child: ChildProcess): Promise<URL> {
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (READY.test(output)) child.emit('ready');
    });
  }
  await Promise.race([
    once(child, 'ready'),
    once(child, 'exit').then(() => Promise.reject(new Error(`the product did not start:\n${output}`))),
  ]);
  return new URL(READY.exec(output)![1]!);
}

/** In MiB, of the process and of its workers; the embedded PostgreSQL is no child of it. */
function residentMemory(processId: number): number {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  const rows = listed.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const own = rows.filter(([pid, parent]) => pid === processId || parent === processId);
  return own.reduce((sum, [, , kibibytes = 0]) => sum + kibibytes, 0) / 1024;
}
