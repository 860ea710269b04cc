import type { RunDescription } from './report.ts';

/** A whole run as a section for RESULTS.md: where it was made, with what, and its tables. */
export function formatDocument(run: RunDescription & { tookSeconds: number }, tables: readonly string[]): string {
  const packages = Object.entries(run.packages).map(([name, version]) => `${name} ${version}`);
  const head = [
    `## ${run.date.slice(0, 10)}`,
    '',
    `Node.js ${run.node.slice(1)}, PostgreSQL ${run.postgres}, ${packages.join(', ')}; ${run.platform}, ` +
      `${run.cores} cores (${run.processor}).`,
    '',
    `${run.users} users with ${run.tasksPerUser} tasks each, one with ${run.largeUserTasks}; ${run.rounds} rounds of ` +
      `${run.seconds} s after ${run.firstWarmUpSeconds} s of mixed load and ${run.warmUpSeconds} s of its own; requests in flight: ${run.connections}; rate limits ` +
      `${run.rateLimits ? 'counted and never reached' : 'off'}. The run took ${run.tookSeconds} s.`,
    '',
  ];
  return [...head, ...tables.map((table) => `### ${capitalised(table)}`)].join('\n');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
