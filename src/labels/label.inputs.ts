import { z } from 'zod';
import { textSchema } from '../core/text.ts';

/** What the service accepts of a tag or a list. GraphQL and REST hand their input over as it is; these schemas alone decide. */

export const labelId = z
  .uuid('must be a UUID')
  .meta({ maxLength: 36 })
  .transform((id) => id.toLowerCase());
const name = textSchema({ minimum: 1, maximum: 100, trim: true });
const color = z
  .string('must be text')
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour like #3366ff')
  .meta({ maxLength: 7 })
  .transform((text) => text.toLowerCase());

export const createLabelInput = z.strictObject(
  { id: labelId.nullish(), name, color: color.nullish() },
  'must be an object',
);
export type CreateLabelInput = z.input<typeof createLabelInput>;

export const updateLabelInput = z.strictObject({ name: name.optional(), color: color.nullish() }, 'must be an object');
export type UpdateLabelInput = z.input<typeof updateLabelInput>;

/** A version that a change accepts. */
export const expectedVersion = z.int('must be a whole number').min(1, 'must be at least 1');
