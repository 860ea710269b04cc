import fc from 'fast-check';

/** Changes of a user's tasks as clients ask for them, with places in lists in the stead of ids. */

const place = fc.nat({ max: 15 });
const places = fc.uniqueArray(place, { minLength: 1, maxLength: 4 });
const title = fc.constantFrom('a', 'b', 'ä "quoted" \\ text');

/** Fields that any task can have; `null` clears. */
const plain = fc.record(
  {
    title,
    description: fc.constantFrom(null, '', 'Text\nof two lines'),
    priority: fc.constantFrom('NONE', 'LOW', 'URGENT'),
    completed: fc.boolean(),
    tags: fc.uniqueArray(fc.nat({ max: 1 }), { maxLength: 2 }),
    list: fc.constantFrom(null, 0, 1),
    parent: fc.oneof(fc.constant(null), place),
  },
  { requiredKeys: [] },
);
const due = fc.constantFrom<Record<string, unknown>>(
  {},
  { dueDate: null },
  { dueDate: '2026-02-28', recurrence: 'FREQ=DAILY' },
  { dueDate: '2026-02-28', recurrence: null },
  { dueDate: '2026-01-31', recurrence: 'FREQ=MONTHLY;COUNT=2', recurrenceBasis: 'COMPLETION' },
  { dueAt: '2026-03-29T00:30:00.500Z', dueTimeZone: 'Europe/Berlin' },
  { dueAt: '2026-03-29T00:30:00.500Z', dueTimeZone: null, recurrence: 'FREQ=WEEKLY;BYDAY=SU' },
  { dueAt: null },
);
const fields = fc.record({ plain, due });

export const aChange = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('create' as const), fields }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('update' as const), task: place, fields }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('complete', 'reopen', 'toggle'), task: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), task: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore' as const), task: place }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      task: place,
      beside: place,
      side: fc.constantFrom('before', 'after'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('createMany' as const),
      many: fc.array(fields, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('updateMany' as const), tasks: places, fields }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deleteMany' as const), tasks: places }) },
);
export type Change = typeof aChange extends fc.Arbitrary<infer Value> ? Value : never;
type Fields = typeof fields extends fc.Arbitrary<infer Value> ? Value : never;

/** What there is to choose from. */
export interface World {
  readonly ids: readonly string[];
  readonly tags: readonly string[];
  readonly lists: readonly string[];
}

/** The operation that asks for it, and its arguments. */
export function requestOf(change: Change, world: World): [name: string, given: Record<string, unknown>] {
  const idOf = (index: number) => world.ids[index % world.ids.length]!;
  const idsOf = (indexes: readonly number[]) => [...new Set(indexes.map(idOf))];
  switch (change.kind) {
    case 'create':
      return ['createTask', { input: { title: 'made', ...inputOf(change.fields, world, true) } }];
    case 'update':
      return ['updateTask', { id: idOf(change.task), input: inputOf(change.fields, world) }];
    case 'delete':
    case 'restore':
      return [`${change.kind}Task`, { id: idOf(change.task) }];
    case 'move':
      return ['moveTask', { id: idOf(change.task), [change.side]: idOf(change.beside) }];
    case 'createMany':
      return ['createTasks', { inputs: change.many.map((one) => ({ title: 'made', ...inputOf(one, world, true) })) }];
    case 'updateMany':
      return ['updateTasks', { ids: idsOf(change.tasks), set: inputOf(change.fields, world) }];
    case 'deleteMany':
      return ['deleteTasks', { ids: idsOf(change.tasks) }];
    default:
      return [`${change.kind}Task`, { id: idOf(change.task) }];
  }
}

function inputOf({ plain: { tags, list, parent, ...plain }, due }: Fields, world: World, isNew = false) {
  // A moment that is taken away is none of a new task.
  const planned = isNew && Object.values(due).every((value) => value === null) ? {} : due;
  return {
    ...plain,
    ...planned,
    ...(tags && { tagIds: tags.map((tag) => world.tags[tag]) }),
    ...(list !== undefined && { listId: list === null ? null : world.lists[list] }),
    ...(parent !== undefined && { parentId: parent === null ? null : world.ids[parent % world.ids.length] }),
  };
}
