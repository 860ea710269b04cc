import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts process times in hundredths of a second for user space, whatever the kernel's own tick is. */
const MICROSECONDS_PER_TICK = 10_000;

/**
 * CPU time of a PostgreSQL server: the postmaster, its living children, and those that have ended (the postmaster
 * has waited for them, so they are in its own record). `undefined` where there is no /proc.
 */
export function postgresCpuMicroseconds(postmaster: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  for (;;) {
    const before = readTimes(String(postmaster));
    const living = livingChildren(postmaster);
    const after = readTimes(String(postmaster));
    // A child that ends while we look would be counted twice or not at all.
    if (before?.endedChildren !== after?.endedChildren) continue;
    return ((after?.own ?? 0) + (after?.endedChildren ?? 0) + living) * MICROSECONDS_PER_TICK;
  }
}

/** Ticks of all processes that PostgreSQL has started and not yet waited for. */
function livingChildren(postmaster: number): number {
  let ticks = 0;
  for (const entry of readdirSync('/proc')) {
    const times = /^\d+$/.test(entry) ? readTimes(entry) : undefined;
    if (times?.parent === postmaster) ticks += times.own;
  }
  return ticks;
}

interface ProcessTimes {
  parent: number;
  own: number;
  endedChildren: number;
}

/** Reads /proc/<id>/stat, see proc_pid_stat(5). The process may end while we look. */
function readTimes(processId: string): ProcessTimes | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the command in parentheses and may hold anything; the third one (state) follows the last ")".
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return { parent: field(4), own: field(14) + field(15), endedChildren: field(16) + field(17) };
}
