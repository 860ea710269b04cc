import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A running PostgreSQL, as its postmaster.pid describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/**
 * Finds the postmaster of a data directory; undefined when none runs, whatever a left-over postmaster.pid says.
 *
 * After a crash the process id in the file may be another program's by now. PostgreSQL believes it and refuses to
 * start; the file is then changed to name this process, which PostgreSQL knows as its parent and not as a rival.
 * Deleting the file would also delete the shared memory key, by which PostgreSQL notices that servers of a dead
 * postmaster still write to the data.
 */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const file = join(data, 'postmaster.pid');
  const content = await readFile(file, 'utf8').catch(() => '');
  const [pid = Number.NaN, , , port = 0] = content.split('\n').map(Number);
  if (!(pid > 0)) return undefined;
  const commandLine = await commandLineOf(pid);
  if (commandLine?.includes(data)) return { pid, port };
  if (commandLine !== undefined) await writeFile(file, content.replace(/^\d+/, String(process.pid)));
  return undefined;
}

/** The command line of a process, or undefined when there is no such process. */
async function commandLineOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  }
  return execute('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
}
