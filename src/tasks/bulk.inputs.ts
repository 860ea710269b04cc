import { z } from 'zod';
import { expectedVersion } from '../core/input.schemas.ts';
import { type CreateTaskInput, taskId, type UpdateTaskInput } from './task.inputs.ts';
import { boundedFilter, type TaskCriteriaInput } from './task.list-inputs.ts';

/** What the service accepts for many tasks at once. Items of it are judged one by one, so that each fault has its index. */

export const MAXIMUM_ITEMS = 100;
const TOO_MANY = `must have at most ${MAXIMUM_ITEMS} items`;

const dryRun = z
  .boolean('must be true or false')
  .nullish()
  .transform((given) => given ?? false);

const targets = {
  ids: z.array(taskId, 'must be a list').min(1, 'must not be empty').max(MAXIMUM_ITEMS, TOO_MANY).nullish(),
  filter: boundedFilter.nullish(),
  maxAffected: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(MAXIMUM_ITEMS, `must be at most ${MAXIMUM_ITEMS}`)
    .nullish()
    .transform((given) => given ?? MAXIMUM_ITEMS),
  expectedVersions: z.array(expectedVersion).max(MAXIMUM_ITEMS, TOO_MANY).nullish(),
  dryRun,
};

interface Targets {
  ids?: readonly string[] | null | undefined;
  filter?: unknown;
  expectedVersions?: readonly number[] | null | undefined;
}

const ONE_OF_BOTH = { path: ['ids'], error: 'must be given, or else filter, and not both' };
const isOneOfBoth = ({ ids, filter }: Targets) => (ids == null) !== (filter == null);
const DISTINCT = { path: ['ids'], error: 'must not name a task twice' };
const isDistinct = ({ ids }: Targets) => ids == null || new Set(ids).size === ids.length;
const VERSIONS = { path: ['expectedVersions'], error: 'must have one version for each of ids' };
const isVersioned = ({ ids, expectedVersions }: Targets) =>
  expectedVersions == null || expectedVersions.length === ids?.length;

export const createTasksInput = z.strictObject({
  inputs: z.array(z.unknown(), 'must be a list').min(1, 'must not be empty').max(MAXIMUM_ITEMS, TOO_MANY),
  dryRun,
});
export interface CreateTasksInput {
  inputs: readonly CreateTaskInput[];
  dryRun?: boolean | null | undefined;
}

export const updateTasksInput = z
  .strictObject({ ...targets, set: z.unknown() })
  .refine(isOneOfBoth, ONE_OF_BOTH)
  .refine(isDistinct, DISTINCT)
  .refine(isVersioned, VERSIONS);

export const deleteTasksInput = z
  .strictObject(targets)
  .refine(isOneOfBoth, ONE_OF_BOTH)
  .refine(isDistinct, DISTINCT)
  .refine(isVersioned, VERSIONS);
export type BulkTargets = z.output<typeof deleteTasksInput>;

/** Exactly one of `ids` and `filter`. */
export interface DeleteTasksInput {
  ids?: readonly string[] | null | undefined;
  filter?: TaskCriteriaInput['filter'];
  maxAffected?: number | null | undefined;
  expectedVersions?: readonly number[] | null | undefined;
  dryRun?: boolean | null | undefined;
}
export interface UpdateTasksInput extends DeleteTasksInput {
  set: UpdateTaskInput;
}
