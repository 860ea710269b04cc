import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Answers that name the state of the user's data as their entity tag (RFC 9110 section 8.8.3), so that a client that asks
 * again is told by one look-up that nothing has changed. The tag is weak: what is left of a rate limit is in the answer too.
 */

/** To be counted up when the form of any list changes: clients must not take what they keep for the new one. */
const FORM = 2;

const opaqueTag = (revision: string) => `"${FORM}-${revision}"`;

/** Lets the client keep the answer, and ask every time whether it is current. */
export function nameRevision(response: ServerResponse, revision: string): void {
  response.setHeader('etag', `W/${opaqueTag(revision)}`);
  response.setHeader('cache-control', 'private, no-cache');
  response.appendHeader('vary', 'authorization');
}

/** Whether the client has the answer already: weak comparison with `If-None-Match` (RFC 9110 section 13.1.2). */
export function isCurrent({ headers }: IncomingMessage, revision: string | undefined): boolean {
  const known = headers['if-none-match'];
  // A star would mean any answer, and nobody who has one would ask so.
  if (known === undefined || revision === undefined) return false;
  return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === opaqueTag(revision));
}
