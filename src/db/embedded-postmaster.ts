import { execFile } from 'node:child_process';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, executeAs } from './embedded-account.ts';
import { postgresProgram } from './embedded-binaries.ts';

const execute = promisify(execFile);

const START_SECONDS = '120';
const STOP_SECONDS = { fast: '10', immediate: '5' };
const LARGEST_LOG_BYTES = 1_000_000;

/** A running PostgreSQL, as its postmaster.pid describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** Finds the PostgreSQL that serves a data directory; undefined when none runs, whatever a left-over pid file says. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const [pid = 0, , , port = 0] = (await readPidFile(data)).split('\n').map(Number);
  const commandLine = pid > 0 ? await commandLineOf(pid) : undefined;
  // With the option and the spaces, since the path of another one may end or begin in the same way.
  return commandLine?.includes(` -D ${data} `) ? { pid, port } : undefined;
}

/** Starts PostgreSQL and waits until it accepts connections on 127.0.0.1. */
export async function startPostmaster(
  directory: string,
  account: Account,
  settings: Record<string, string>,
): Promise<void> {
  const data = join(directory, 'data');
  const logFile = join(directory, 'server.log');
  await disarmStalePidFile(data);
  const logSize = await rotateLog(logFile);
  const options = Object.entries({ port: String(await findFreePort()), ...DEFAULT_SETTINGS, ...settings });
  const quoted = options.map(([name, value]) => `-c ${name}=${quoteForShell(value)}`).join(' ');
  const start = ['start', '--pgdata', data, '--log', logFile, '--wait', '--timeout', START_SECONDS];
  try {
    await executeAs(account, postgresProgram('pg_ctl'), [...start, '--options', quoted]);
  } catch (cause) {
    const written = await readFile(logFile).then((log) => log.subarray(logSize).toString().trim());
    const reason = (await explainVersion(data, account)) ?? (written || (cause as Error).message);
    throw new Error(`The embedded PostgreSQL does not start (${logFile}):\n${reason}`, { cause });
  }
}

/** Stops PostgreSQL within a bounded time: its clients are disconnected, and what they committed is kept. */
export async function stopPostmaster(directory: string, account: Account): Promise<void> {
  const data = join(directory, 'data');
  for (const [mode, seconds] of Object.entries(STOP_SECONDS)) {
    const stop = ['stop', '--pgdata', data, '--mode', mode, '--wait', '--timeout', seconds];
    // pg_ctl also fails when PostgreSQL has ended by itself, so the look at the process counts.
    await executeAs(account, postgresProgram('pg_ctl'), stop).catch(() => undefined);
    if (!(await findPostmaster(data))) return;
  }
  const postmaster = await findPostmaster(data);
  if (postmaster) process.kill(postmaster.pid, 'SIGKILL');
}

const DEFAULT_SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Statements and the details of errors hold what users wrote.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/**
 * After a crash the process id in postmaster.pid may be another program's by now, and PostgreSQL then refuses to
 * start. Naming this process instead helps, as PostgreSQL knows it for its own ancestor. Deleting the file would
 * lose the shared memory key by which PostgreSQL notices that servers of a dead postmaster still write to the data.
 */
async function disarmStalePidFile(data: string): Promise<void> {
  const content = await readPidFile(data);
  if (!isProcessAlive(Number.parseInt(content, 10)) || (await findPostmaster(data))) return;
  await writeFile(join(data, 'postmaster.pid'), content.replace(/^\d+/, String(process.pid)));
}

async function readPidFile(data: string): Promise<string> {
  return readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
}

/** The command line of a process with a space after each argument, or undefined when there is no such process. */
async function commandLineOf(pid: number): Promise<string | undefined> {
  try {
    // A slim container has no ps.
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    return `${(await execute('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout.trim()} `;
  } catch {
    return undefined;
  }
}

/** What a new major version of PostgreSQL means for data of an old one; undefined when the versions fit. */
async function explainVersion(data: string, account: Account): Promise<string | undefined> {
  const ofData = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  const ofProgram = /\d+/.exec(await executeAs(account, postgresProgram('postgres'), ['--version']))?.[0];
  if (ofData === ofProgram) return undefined;
  return (
    `The data are of PostgreSQL ${ofData}, the installed programs of PostgreSQL ${ofProgram}. ` +
    'Make a backup with the version of this project that wrote them, and restore it with this one.'
  );
}

export function isProcessAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Keeps the log from growing for ever; returns the size of what an earlier run has written. */
async function rotateLog(logFile: string): Promise<number> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size < LARGEST_LOG_BYTES) return size;
  await rename(logFile, `${logFile}.1`);
  return 0;
}

/** PostgreSQL cannot choose a port by itself: port 0 is outside of its valid range. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** pg_ctl hands its options to a shell. */
function quoteForShell(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
