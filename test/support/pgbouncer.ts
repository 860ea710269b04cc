import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe } from '@jest/globals';
import { freePort } from '../../bench/free-port.ts';

// Debian keeps it where only administrators look.
const executable = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  .map((directory) => join(directory, 'pgbouncer'))
  .find(existsSync);
const isSkipped = executable === undefined && process.env.CI !== 'true';
if (isSkipped) {
  console.warn(
    'The tests with PgBouncer are skipped: there is no pgbouncer in PATH; on Debian: apt install pgbouncer.',
  );
}
/** A suite that needs PgBouncer; without one it is skipped, or fails where CI=true promises one. */
export const bouncerSuite = isSkipped ? describe.skip : describe;

/** Whether it can keep named statements in transaction mode, as PgBouncer can since 1.21. */
export const keepsStatements = executable !== undefined && isSince121(executable);

function isSince121(program: string): boolean {
  const version = /PgBouncer (\d+)\.(\d+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }));
  return Number(version?.[1]) * 1000 + Number(version?.[2]) >= 1021;
}

export interface PgBouncer {
  /** the same URL by way of the pooler */
  through(url: string): string;
  stop(): Promise<void>;
}

/**
 * A real PgBouncer before every database of the server at this URL, which it enters with the URL's user.
 * @param settings lines of its section `[pgbouncer]`, such as its `pool_mode`
 */
export async function startPgBouncer(serverUrl: string, settings: Record<string, string | number>): Promise<PgBouncer> {
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const directory = await mkdtemp(join(tmpdir(), 'premium-todo-pgbouncer-'));
  const port = await freePort();
  const file = join(directory, 'pgbouncer.ini');
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  await writeFile(
    file,
    `[databases]
* = host=${hostname} port=${serverPort} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
${lines.join('\n')}
`,
  );
  // It refuses to run as root, and whom it changes to must be able to read its settings.
  await chmod(directory, 0o755);
  const account = process.getuid?.() === 0 ? ['--user', 'nobody'] : [];
  const bouncer = spawn(executable ?? 'pgbouncer', [...account, file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(bouncer, 'exit');
  await isUp(bouncer.stderr);

  return {
    through(url) {
      const changed = new URL(url);
      changed.hostname = '127.0.0.1';
      changed.port = String(port);
      return changed.href;
    },
    async stop() {
      bouncer.kill('SIGKILL');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function isUp(log: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: log })) {
    lines.push(line);
    if (line.includes('process up')) {
      log.resume();
      return;
    }
  }
  throw new Error(`PgBouncer did not start:\n${lines.join('\n')}`);
}
