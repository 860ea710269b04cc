import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from '@jest/globals';

const isThere = (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, 'promtool')));
const isSkipped = !isThere && process.env.CI !== 'true';
if (isSkipped) {
  console.warn('The tests with promtool are skipped: it is not in PATH; on Debian: apt install prometheus.');
}
/** A suite that needs Prometheus' promtool; without one it is skipped, or fails where CI=true promises one. */
export const promtoolSuite = isSkipped ? describe.skip : describe;

/** What promtool says; `isGood` when it has found no fault. */
export function promtool(args: readonly string[], input?: string): { isGood: boolean; output: string } {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { encoding: 'utf8', ...(input && { input }) });
  if (error) throw error;
  return { isGood: status === 0, output: stdout + stderr };
}
