import { z } from 'zod';
import { isTimeZone } from './time-zone.ts';

const MAXIMUM_LENGTH = 64;
const FAULT = 'must be an IANA time zone such as Europe/Berlin';

export const timeZone = z
  .string('must be text')
  .max(MAXIMUM_LENGTH, { error: FAULT, abort: true })
  .refine(isTimeZone, FAULT)
  .meta({ maxLength: MAXIMUM_LENGTH, pattern: '^[A-Za-z0-9_+/-]+$' });
