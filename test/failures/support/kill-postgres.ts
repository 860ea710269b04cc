import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * All processes of the embedded PostgreSQL of a directory at once, as when the machine's memory is out. Who uses it starts it
 * again.
 */
export async function killPostgres(dataDirectory: string): Promise<void> {
  const postmaster = Number.parseInt(await readFile(join(dataDirectory, 'postgres/data/postmaster.pid'), 'utf8'), 10);
  // Stopped, it makes no process that would be missed and wait for ever for what a killed one has locked.
  process.kill(postmaster, 'SIGSTOP');
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  const family = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid = 0, parent]) => (pid === postmaster || parent === postmaster ? [pid] : []));
  for (const pid of family) process.kill(pid, 'SIGKILL');
}
