import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import { AppError, BadUserInputError } from '../core/errors.ts';
import { inTurns } from '../core/in-turns.ts';
import { parseInput, underPath } from '../core/validation.ts';
import {
  type BulkTargets,
  type CreateTasksInput,
  createTasksInput,
  type DeleteTasksInput,
  deleteTasksInput,
  type UpdateTasksInput,
  updateTasksInput,
} from './bulk.inputs.ts';
import { isRefusal } from './command.batch.ts';
import { type AsOf, hasDueWindow } from './task.criteria.ts';
import { definedOf } from './task.fields.ts';
import { createTaskInput, updateTaskInput } from './task.inputs.ts';
import { createTaskOnce } from './task.once.ts';
import { NEWEST_FIRST } from './task.order.ts';
import type { WrittenTask } from './task.record.ts';
import type { TaskServiceDependencies, WriteOptions } from './task.service.ts';
import type { Revise, TaskStore } from './task.store.ts';
import { changeTask, createUnder, draftOf, updateOf } from './task.writes.ts';

/** Why one of many was refused; `index` is its place in what was sent, or among what a filter has found. */
export interface BulkError {
  index: number;
  /** of the task; null where the input names none */
  id: string | null;
  error: AppError;
}

/** What became of many: all of them, or none and why. */
export interface BulkOutcome {
  /** after the write; of a dry run as they would be */
  tasks: WrittenTask[];
  errors: BulkError[];
  /** how many tasks were changed, or would be */
  affected: number;
  /** nothing was kept, since something was refused or it was not meant */
  isDryRun: boolean;
}

/**
 * Writes of many tasks, at most 100, all or none. What single ones are refused for stands in the outcome.
 * @throws BadUserInputError for what is wrong with the whole
 */
export interface BulkService {
  create(actor: Actor, input: CreateTasksInput, options?: Pick<WriteOptions, 'key'>): Promise<BulkOutcome>;
  update(actor: Actor, input: UpdateTasksInput, options?: Pick<WriteOptions, 'key'>): Promise<BulkOutcome>;
  delete(actor: Actor, input: DeleteTasksInput, options?: Pick<WriteOptions, 'key'>): Promise<BulkOutcome>;
}

/** One of many: whose task it is and what is done with it. */
interface Item {
  id: string;
  run: (store: TaskStore) => Promise<WrittenTask>;
}

/** Leaves no idempotency key behind: what was refused may be sent again. */
class Refused extends Error {
  readonly outcome: BulkOutcome;

  constructor(outcome: BulkOutcome) {
    super('refused');
    this.outcome = outcome;
  }
}

/** Tasks that a filter finds may be changed by a single write before they are held: then they are looked for again. */
const TRIES = 3;

export function createBulkService({ store, clock, timeZoneOf }: TaskServiceDependencies): BulkService {
  const once = createTaskOnce(store);

  async function keyed(
    actor: Actor,
    key: WriteOptions['key'],
    asked: readonly unknown[],
    isDryRun: boolean,
    run: (store: TaskStore) => Promise<BulkOutcome>,
  ): Promise<BulkOutcome> {
    if (isDryRun) return run(store);
    try {
      return await once(actor, key, uuidv7(), asked, async (within) => {
        const outcome = await run(within);
        if (outcome.errors.length > 0) throw new Refused(outcome);
        return outcome;
      });
    } catch (error) {
      if (error instanceof Refused) return error.outcome;
      throw error;
    }
  }

  async function found(within: TaskStore, actor: Actor, { filter, maxAffected }: BulkTargets, asOf: AsOf) {
    const criteria = { filter, asOf: hasDueWindow(filter) ? asOf : undefined };
    const slice = { sort: NEWEST_FIRST, criteria, limit: maxAffected + 1, fromEnd: false };
    const tasks = await within.slice(actor.userId, slice);
    if (tasks.length <= maxAffected) return tasks;
    throw new BadUserInputError([{ field: 'maxAffected', message: `the filter finds more than ${maxAffected} tasks` }]);
  }

  /** Does the same with each of the named tasks. */
  async function withEach(
    within: TaskStore,
    actor: Actor,
    targets: BulkTargets,
    asOf: AsOf,
    revise: Revise,
  ): Promise<BulkOutcome> {
    const { ids, expectedVersions, dryRun } = targets;
    if (ids != null) {
      const versions = (index: number) => (expectedVersions == null ? undefined : [expectedVersions[index] ?? 0]);
      const items = ids.map((id, index) => itemOf(actor, id, revise, versions(index)));
      return inBulk(within, actor, async () => items, dryRun);
    }
    for (let tries = 1; ; tries++) {
      const itemsOf = async (inTurn: TaskStore) => {
        const tasks = await found(inTurn, actor, targets, asOf);
        return tasks.map(({ id, version }) => itemOf(actor, id, revise, [version]));
      };
      const outcome = await inBulk(within, actor, itemsOf, dryRun);
      const isOvertaken = outcome.errors.some(
        ({ error }) => error.code === 'CONFLICT' && error.details.version !== undefined,
      );
      if (!isOvertaken || tries >= TRIES) return outcome;
    }
  }

  const asOfNow = async (actor: Actor, now: Clock): Promise<AsOf> => ({
    now: now.now(),
    timeZone: await timeZoneOf(actor),
  });

  return {
    async create(actor, input, { key } = {}) {
      const { inputs, dryRun } = parseInput(createTasksInput, input);
      const drafts: ReturnType<typeof draftFrom>[] = [];
      for await (const one of inTurns(inputs)) drafts.push(draftFrom(one));
      const asked = ['createTasks', drafts.map((draft) => (draft instanceof AppError ? draft.message : draft))];
      return keyed(actor, key, asked, dryRun, (within) => {
        const items = drafts.map((draft): Item | AppError => {
          if (draft instanceof AppError) return draft;
          const { id: chosen, ...fields } = draft;
          const id = chosen ?? uuidv7();
          return { id, run: (inner) => createUnder(inner, actor, { ...draftOf(fields), id }) };
        });
        return inBulk(within, actor, async () => items, dryRun);
      });
    },

    async update(actor, input, { key } = {}) {
      const { set, ...targets } = parseInput(updateTasksInput, input);
      const update = parseInput(updateTaskInput, set, 'set');
      const asOf = await asOfNow(actor, clock);
      const { dryRun, ...named } = targets;
      return keyed(actor, key, ['updateTasks', named, definedOf(update)], dryRun, (within) =>
        withEach(within, actor, targets, asOf, updateOf(update, asOf)),
      );
    },

    async delete(actor, input, { key } = {}) {
      const targets = parseInput(deleteTasksInput, input);
      const asOf = await asOfNow(actor, clock);
      const { dryRun, ...named } = targets;
      const changes = { deletedAt: new Date(asOf.now) };
      return keyed(actor, key, ['deleteTasks', named], dryRun, (within) =>
        withEach(within, actor, targets, asOf, () => changes),
      );
    },
  };
}

function itemOf(actor: Actor, id: string, revise: Revise, versions: readonly number[] | undefined): Item {
  return { id, run: (store) => underPath('set', () => changeTask(store, actor, id, revise, versions)) };
}

/** Runs all of them and takes them back unless all went well and it was meant. */
async function inBulk(
  store: TaskStore,
  actor: Actor,
  itemsOf: (store: TaskStore) => Promise<readonly (Item | AppError)[]>,
  isDryRun: boolean,
): Promise<BulkOutcome> {
  let items: readonly (Item | AppError)[] = [];
  const taskIds = async (inTurn: TaskStore) => {
    items = await itemsOf(inTurn);
    return items.flatMap((item) => (item instanceof AppError ? [] : item.id));
  };
  const outcome = await store.applyCommands(actor.userId, { ids: [], taskIds }, ({ tentatively }) =>
    tentatively(
      (within) => outcomeOf(within, actor, items),
      ({ errors }) => errors.length === 0 && !isDryRun,
    ),
  );
  return outcome.errors.length > 0
    ? { tasks: [], affected: 0, errors: outcome.errors, isDryRun }
    : { ...outcome, isDryRun };
}

async function outcomeOf(store: TaskStore, actor: Actor, items: readonly (Item | AppError)[]) {
  const named = items.flatMap((item) => (item instanceof AppError ? [] : item.id));
  const before = new Map((await store.byIds(actor.userId, named)).map((task) => [task.id, task]));
  const [tasks, errors]: [WrittenTask[], BulkError[]] = [[], []];
  let affected = 0;
  for (const [index, item] of items.entries()) {
    if (item instanceof AppError) {
      errors.push({ index, id: null, error: item });
      continue;
    }
    try {
      const task = await item.run(store);
      tasks.push(task);
      if (!task.isUnchanged) affected += 1;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const task = before.get(item.id);
      if (error.code === 'NOT_FOUND' && task) {
        // A part of a task that was deleted before it has gone with it, and comes back with it.
        tasks.push({ ...task, isUnchanged: true });
        affected += 1;
      } else {
        errors.push({ index, id: item.id, error });
      }
    }
  }
  return { tasks, errors, affected };
}

/** The input, or what is wrong with it. */
function draftFrom(input: unknown) {
  try {
    return parseInput(createTaskInput, input);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
