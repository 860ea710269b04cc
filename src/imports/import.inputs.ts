import { z } from 'zod';
import { timeZone } from '../core/time-zone.schema.ts';
import { createLabelInput } from '../labels/label.inputs.ts';
import { IMPORT_FORMATS } from './file-formats.ts';

/** What the service accepts of a file. */

export const importFileInput = z.strictObject(
  {
    format: z.enum(IMPORT_FORMATS, `must be one of ${IMPORT_FORMATS.join(', ')}`),
    text: z.string('must be text'),
    dryRun: z.boolean('must be true or false').nullish(),
    timeZone: timeZone.nullish(),
    listName: createLabelInput.shape.name.nullish(),
  },
  'must be an object',
);
export type ImportFileInput = z.input<typeof importFileInput>;
