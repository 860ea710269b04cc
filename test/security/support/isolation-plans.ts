import { randomUUID } from 'node:crypto';
import fc from 'fast-check';

/** What users can do with tags, lists, subtasks, moves, the trash, undo and many tasks at once, about anybody's. */

const choice = fc.nat({ max: 60 });

const KINDS = [
  ...['createTask', 'createTask', 'createTask', 'updateTask', 'updateTask', 'updateTask', 'labelTask', 'nestTask'],
  ...['deleteTask', 'restoreTask', 'purgeTask', 'completeTask', 'reopenTask', 'toggleTask', 'moveTask', 'moveTask'],
  ...['createTasks', 'updateTasks', 'updateFound', 'deleteTasks', 'deleteFound', 'undo', 'undo', 'moveByCommand'],
  ...['createTag', 'createList', 'updateTag', 'updateList', 'deleteTag', 'deleteList', 'tag', 'list', 'tags', 'lists'],
  ...['node', 'nodes', 'task', 'filtered', 'counted', 'deletedTasks', 'nextDeleted', 'taskSync', 'syncSince'],
] as const;

export const plans = fc.record({
  kind: fc.constantFrom(...KINDS),
  user: fc.nat({ max: 2 }),
  key: fc.option(fc.constantFrom('key-1', 'key-2'), { nil: undefined, freq: 5 }),
  ...{ one: choice, other: choice, third: choice, dryRun: fc.boolean() },
});
export type Plan = typeof plans extends fc.Arbitrary<infer Value> ? Value : never;

/** All that was ever made by whomever, or answered to anybody. */
export interface Made {
  tasks: string[];
  tags: string[];
  lists: string[];
  tokens: string[];
  cursors: string[];
  syncTokens: string[];
}

/** What is asked for: the field, its arguments, and of what kind what it answers is. */
export interface Asked {
  name: string;
  given: Record<string, unknown>;
  isWrite: boolean;
  /** what it is about, and may only be about where they are the user's own: all of one kind */
  targets: string[];
  targetKind: 'tasks' | 'tags' | 'lists';
  selection?: string;
}

const TASK = `id title description parentId listId tagIds parent { title } subtasks { title } subtaskCounts { total }
  tags { name } list { name } history(first: 3) { nodes { changes { before after } } }
  completedOccurrences(first: 3) { nodes { version } }`;

export function askedBy({ kind, key, one, other, third, dryRun }: Plan, made: Made, marker: string): Asked {
  const of = (ids: readonly string[], at: number) => (ids.length === 0 ? randomUUID() : ids[at % ids.length]!);
  const [id, beside, last] = [of(made.tasks, one), of(made.tasks, other), of(made.tasks, third)];
  const [tag, list] = [of(made.tags, other), of(made.lists, third)];
  const keyed = key === undefined ? {} : { idempotencyKey: key };
  const title = `${marker} title`;
  const write = (
    name: string,
    given: Record<string, unknown>,
    targets: string[] = [],
    targetKind: Asked['targetKind'] = 'tasks',
  ): Asked => ({ name, given: { ...given, ...keyed }, isWrite: true, targets, targetKind });
  const read = (name: string, given: Record<string, unknown>, selection?: string): Asked => {
    return {
      name,
      given,
      isWrite: false,
      targets: [],
      targetKind: 'tasks',
      ...(selection === undefined ? {} : { selection }),
    };
  };
  const named = { name: `${marker} ${randomUUID()}` };
  const ids = [...new Set([id, beside])];
  const filters = [{ parentIn: [id, beside] }, { listIn: [list] }, { tags: { any: [tag] } }, { tags: { none: [tag] } }];
  const filter = filters[one % filters.length];
  switch (kind) {
    case 'createTask': {
      const plan = [{}, {}, { parentId: beside }, { listId: list }, { tagIds: [tag] }, { id }][third % 6];
      return write(kind, { input: { title, description: marker, ...plan } });
    }
    case 'updateTask':
      return write(kind, { id, input: { title: `${title} ${third}`, priority: 'HIGH' } }, [id]);
    case 'labelTask':
      return write('updateTask', { id, input: one % 2 === 0 ? { addTags: [tag] } : { listId: list } }, [id]);
    case 'nestTask':
      return write('updateTask', { id, input: { parentId: beside } }, [id, beside]);
    case 'deleteTask':
    case 'completeTask':
    case 'reopenTask':
    case 'toggleTask':
    case 'restoreTask':
    case 'purgeTask':
      return write(kind, { id }, [id]);
    case 'moveTask':
      return write(kind, { id, [one % 2 === 0 ? 'before' : 'after']: beside }, [id, beside]);
    case 'moveByCommand':
      return {
        name: 'applyCommands',
        given: { commands: [{ id: randomUUID(), move: { id, after: beside } }] },
        ...{ isWrite: true, targets: [], targetKind: 'tasks' },
      };
    case 'createTasks':
      return write(kind, { dryRun, inputs: [{ title }, { title, parentId: beside }, { title, tagIds: [tag] }] });
    case 'updateTasks':
      return write(kind, { ids, dryRun, set: third % 2 === 0 ? { description: marker } : { parentId: last } });
    case 'updateFound':
      return write('updateTasks', { filter, dryRun, set: { description: `${marker} ${third}` } });
    case 'deleteTasks':
      return write(kind, { ids, dryRun });
    case 'deleteFound':
      return write('deleteTasks', { filter, dryRun, maxAffected: 2 });
    case 'undo':
      return write(kind, { token: of(made.tokens, one) });
    case 'createTag':
    case 'createList':
      return write(kind, {
        input: { ...named, ...(third % 4 === 0 ? { id: of([...made.tags, ...made.lists], one) } : {}) },
      });
    case 'updateTag':
      return write(kind, { id: tag, input: named }, [tag], 'tags');
    case 'updateList':
      return write(kind, { id: list, input: named }, [list], 'lists');
    case 'deleteTag':
      return write(kind, { id: tag }, [tag], 'tags');
    case 'deleteList':
      return write(kind, { id: list }, [list], 'lists');
    case 'tag':
      return read(kind, { id: tag });
    case 'list':
      return read(kind, { id: list });
    case 'node':
      return read(kind, { id: [id, tag, list][third % 3] });
    case 'nodes':
      return read(kind, { ids: [id, beside, tag, list] });
    case 'task':
      return read(kind, { id }, TASK);
    case 'filtered':
      return read('tasks', { filter, first: 10 }, `totalCount nodes { ${TASK} }`);
    case 'counted':
      return read('taskStats', { filter });
    case 'nextDeleted':
      return read('deletedTasks', { after: of(made.cursors, one) }, `nodes { ${TASK} }`);
    case 'syncSince':
      return read('taskSync', { since: of(made.syncTokens, one) });
    default:
      return read(kind, {});
  }
}
