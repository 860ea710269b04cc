import { z } from 'zod';
import { parseInput } from './validation.ts';

/** What every feature takes in the same form. */

export const uuid = z
  .uuid('must be a UUID')
  .meta({ maxLength: 36 })
  .transform((id) => id.toLowerCase());

/** A version that a change accepts. */
export const expectedVersion = z.int('must be a whole number').min(1, 'must be at least 1');

/** What a change is about, and the versions of it that are accepted; any when there are none. */
export function targetOf(id: string, versions: readonly number[] | undefined): [string, number[] | undefined] {
  const own = parseInput(uuid, id, 'id');
  return [own, versions?.map((version) => parseInput(expectedVersion, version, 'expectedVersion'))];
}
