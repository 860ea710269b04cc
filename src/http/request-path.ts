import type { IncomingMessage } from 'node:http';

/** Whoever watches over a server asks for these all the time, and must be answered also when it is busy. */
export const PROBES: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics']);

/** The path of a request without its query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
