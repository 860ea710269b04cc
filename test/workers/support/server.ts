import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { signToken } from '../../../src/auth/sign-token.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { RUN_TYPESCRIPT } from '../../support/run-typescript.ts';
import { TEST_SECRET } from '../../support/test-secret.ts';

const STARTED = /^premium-todo is ready at (\S+)/;

/** One line of the server's log. */
export interface LogLine {
  msg: string;
  worker?: number;
}

/** The server as it is deployed, with its workers, in a process group of its own. */
export interface ServerProcess {
  readonly url: string;
  /** what it has printed so far, each line */
  readonly output: readonly string[];
  log(): LogLine[];
  /** Resolves with the first line that holds this text, printed already or not. */
  line(text: string): Promise<string>;
  /** process ids of the workers that live */
  workers(): Promise<number[]>;
  /** to the whole group, as a terminal does, or to the first process alone */
  signal(signal: NodeJS.Signals, target: 'group' | 'primary'): void;
  /** exit code, and signal */
  readonly exited: Promise<[code: number | null, signal: string | null]>;
}

/** Starts a server and does not wait for it. Settings of the shell that runs the tests do not reach it. */
export function spawnServer(settings: Record<string, string>): Omit<ServerProcess, 'url'> {
  const { PATH = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, [...RUN_TYPESCRIPT, 'src/main.ts'], {
    env: {
      PATH,
      TMPDIR,
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_FORMAT: 'json',
      WORKERS: '2',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = linesOf(child);
  const exited = once(child, 'close') as Promise<[number | null, string | null]>;

  return {
    output: output.lines,
    log: () => output.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine),
    line: output.find,
    workers: () => childrenOf(child.pid!),
    signal: (signal, target) => sendSignal(target === 'group' ? -child.pid! : child.pid!, signal),
    exited,
  };
}

function sendSignal(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // All have ended by themselves: there is nothing left to clean up.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Starts a server and waits until it says that it is ready. */
export async function startServer(settings: Record<string, string>): Promise<ServerProcess> {
  const server = spawnServer(settings);
  const failed = server.exited.then(() => Promise.reject(new Error(`it did not start:\n${server.output.join('\n')}`)));
  failed.catch(() => {});
  const line = await Promise.race([server.line('premium-todo is ready at'), failed]);
  return { ...server, url: STARTED.exec(line)![1]! };
}

const tokens = new Map<string, Promise<string>>();

/** The user's token, always the same one. */
export function tokenOf(userId: string): Promise<string> {
  const token =
    tokens.get(userId) ?? signToken({ userId, lifetime: 3600, issuer: undefined }, TEST_SECRET, systemClock);
  tokens.set(userId, token);
  return token;
}

function linesOf(child: ChildProcess) {
  const lines: string[] = [];
  const waiting = new Map<string, (line: string) => void>();
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      for (const [text, resolve] of waiting) if (line.includes(text)) resolve(line);
    });
  }
  const find = (text: string) => {
    const printed = lines.find((line) => line.includes(text));
    if (printed !== undefined) return Promise.resolve(printed);
    return new Promise<string>((resolve) => waiting.set(text, resolve));
  };
  return { lines, find };
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid, ppid, ...args] = line.trim().split(/\s+/);
    return Number(ppid) === parent && args.join(' ').includes('src/main.ts') ? [Number(pid)] : [];
  });
}
