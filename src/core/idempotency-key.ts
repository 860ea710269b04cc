import { z } from 'zod';

/** What a client names a request by, so that it is carried out once however often it sends it. */
export interface IdempotencyKey {
  readonly value: string;
  /** how the API calls it through which it came, for faults in it */
  readonly name: string;
  /** told when the answer is the one of an earlier request */
  readonly onReplay?: () => void;
}

export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must have 1 to 255 printable ASCII characters without spaces');
