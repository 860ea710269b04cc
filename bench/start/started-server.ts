import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '../cleanup.ts';
import { postgresCpuMicroseconds } from '../postgres-cpu.ts';

const ENTRY = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const READY = 'premium-todo is ready at';

/** One start of the product, and its end. */
export interface StartFigures {
  /** from the birth of the process to the line that says it is ready, in milliseconds */
  readonly milliseconds: number;
  /** CPU time of all its processes until then, Linux only, in steps of 10 */
  readonly cpuMilliseconds: number;
  /** resident memory of all its processes at that moment */
  readonly residentMebibytes: number;
}

/** Starts the compiled product as a user would, measures, and stops it in order. */
export async function measureStart(settings: Record<string, string>): Promise<StartFigures> {
  const begin = performance.now();
  const child = spawn(process.execPath, [ENTRY], {
    cwd: temporaryDirectory('start'),
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', LOG_FORMAT: 'json', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  try {
    await untilReady(child);
    const milliseconds = performance.now() - begin;
    const processId = child.pid!;
    const microseconds = postgresCpuMicroseconds(processId);
    return {
      milliseconds,
      cpuMilliseconds: microseconds === undefined ? Number.NaN : microseconds / 1000,
      residentMebibytes: residentMebibytes(processId),
    };
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

async function untilReady(child: ChildProcess): Promise<void> {
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(READY)) child.emit('ready');
    });
  }
  await Promise.race([
    once(child, 'ready'),
    once(child, 'exit').then(() => Promise.reject(new Error(`the product did not start:\n${output}`))),
  ]);
}

/** Of the process and of its workers; the embedded PostgreSQL is no child of it. */
function residentMebibytes(processId: number): number {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  const rows = listed.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const own = rows.filter(([pid, parent]) => pid === processId || parent === processId);
  return own.reduce((sum, [, , kibibytes = 0]) => sum + kibibytes, 0) / 1024;
}
