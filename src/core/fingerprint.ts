import { createHash } from 'node:crypto';

/** Names a request by all that it asks for, after validation: input that means the same is the same. */
export function fingerprintOf(asked: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
}
