import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const SANE = /^[\w.:+/=-]{1,128}$/;

/**
 * Makes sure that the request has a sane `x-request-id`: the client's, if it sent one that is safe to log and to send
 * back, or a new one. Afterwards everybody reads it from the headers.
 */
export function settleRequestId({ headers }: IncomingMessage): string {
  const sent = headers['x-request-id'];
  if (typeof sent === 'string' && SANE.test(sent)) return sent;
  const made = randomUUID();
  headers['x-request-id'] = made;
  return made;
}

export function requestIdOf({ headers }: IncomingMessage): string {
  return String(headers['x-request-id']);
}
