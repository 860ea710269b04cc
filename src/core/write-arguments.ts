import type { IdempotencyKey } from './idempotency-key.ts';

/** What mutations of all features take beside what they are about. */

export const EXPECTED_VERSION = {
  nullable: true,
  description: 'The version that was read: nothing is changed and CONFLICT answered if it has changed since.',
};
export const IDEMPOTENCY_KEY = {
  nullable: true,
  description:
    'Names this request: sent again with it within 24 hours it is answered as the first time, and done once. CONFLICT for another request.',
};

export function onlyVersion(version: number | null | undefined): number[] | undefined {
  return version == null ? undefined : [version];
}

export function keyOf(value: string | null | undefined): IdempotencyKey | undefined {
  return value == null ? undefined : { value, name: 'idempotencyKey' };
}
