import { z } from 'zod';
import { uuid } from '../core/input.schemas.ts';
import { textSchema } from '../core/text.ts';

/** What the service accepts of a tag or a list. GraphQL and REST hand their input over as it is; these schemas alone decide. */

const name = textSchema({ minimum: 1, maximum: 100, trim: true });
const color = z
  .string('must be text')
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour like #3366ff')
  .meta({ maxLength: 7 })
  .transform((text) => text.toLowerCase());

export const createLabelInput = z.strictObject(
  { id: uuid.nullish(), name, color: color.nullish() },
  'must be an object',
);
export type CreateLabelInput = z.input<typeof createLabelInput>;

export const updateLabelInput = z.strictObject({ name: name.optional(), color: color.nullish() }, 'must be an object');
export type UpdateLabelInput = z.input<typeof updateLabelInput>;
