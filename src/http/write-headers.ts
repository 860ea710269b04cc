import { z } from 'zod';

/** Headers of writes. They are checked where they are read; these describe them. */

/** `*`, or entity tags as they came in an `ETag` header. */
export const ETAGS = '^(\\*|(W/)?"[^"]*"(, *(W/)?"[^"]*")*)$';

export const idempotencyHeader = z.object({
  'idempotency-key': z.string().optional().meta({
    maxLength: 255,
    pattern: '^[\\x21-\\x7E]+$',
    description:
      'Names this request: sent again with it within 24 hours it is answered as the first time, and done once; 409 for another request.',
  }),
});
const ifMatchHeader = z.object({
  'if-match': z
    .string()
    .optional()
    .meta({ maxLength: 1000, pattern: ETAGS, description: 'ETag that was read; 412 if it has changed.' }),
});
export const changeHeaders = idempotencyHeader.extend(ifMatchHeader.shape);
