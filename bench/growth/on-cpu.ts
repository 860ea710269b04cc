import { readdirSync, readFileSync } from 'node:fs';

/** Time on a CPU of each child of a postmaster, in nanoseconds. */
export type OnCpu = ReadonlyMap<number, bigint>;

/**
 * From /proc/<id>/schedstat, which counts nanoseconds where /proc/<id>/stat counts ticks of 10 ms. Linux only: empty
 * elsewhere.
 */
export function onCpu(postmaster: number): OnCpu {
  const times = new Map<number, bigint>();
  if (process.platform !== 'linux') return times;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || parentOf(entry) !== postmaster) continue;
    const [time] = read(`/proc/${entry}/schedstat`).split(' ');
    if (time) times.set(Number(entry), BigInt(time));
  }
  return times;
}

/** Microseconds between two readings, of processes that were there at the second. */
export function microsecondsBetween(before: OnCpu, after: OnCpu): number {
  let nanoseconds = 0n;
  for (const [id, time] of after) nanoseconds += time - (before.get(id) ?? 0n);
  return Number(nanoseconds) / 1000;
}

function parentOf(processId: string): number {
  const stat = read(`/proc/${processId}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** A process may end while we look. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
