import { z } from 'zod';
import { timeZone } from '../core/time-zone.schema.ts';

/** What a user can say of themselves here; the rest comes with their tokens. */
export const updateUserInput = z.strictObject({ timeZone: timeZone.nullish() }, 'must be an object');
export type UpdateUserInput = z.input<typeof updateUserInput>;
