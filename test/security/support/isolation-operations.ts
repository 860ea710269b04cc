import fc from 'fast-check';
import type { TaskOrder } from '../../../src/tasks/task.order.ts';

export const USERS = 3;

const user = fc.nat({ max: USERS - 1 });
const api = fc.constantFrom('GraphQL' as const, 'REST' as const);
/** Which of all tasks that ever were, of whomever; the last is one that never was. */
const target = fc.nat({ max: 30 });
const word = fc.constantFrom('alpha', 'beta', 'gamma');
const description = fc.option(word, { nil: null });
const version = fc.constantFrom(undefined, undefined, 'current' as const, 'other' as const);
const order: fc.Arbitrary<TaskOrder> = fc.record({
  field: fc.constantFrom('createdAt' as const, 'title' as const, 'completed' as const),
  direction: fc.constantFrom('asc' as const, 'desc' as const),
});
/** Few, so that they are used again, and seldom, so that most requests are no replays. */
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom('key-1', 'key-2', 'key-3') },
);
const id = fc.oneof(fc.constant('none' as const), fc.constant('new' as const), target);

/** Some are sent again: few have a name, and all others are new. */
const command = fc.record({
  name: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
  write: fc.constantFrom('create' as const, 'update' as const, 'delete' as const, 'toggle' as const),
  ...{ id, target, version, word },
});
export type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** One operation of one user on anybody's task. */
export const operations = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      ...{ user, api, id, word, description, completed: fc.boolean(), key },
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('get' as const), user, api, target }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      ...{ user, api, target, version, key },
      changes: fc.record(
        { word: fc.option(word, { nil: undefined }), description, completed: fc.boolean() },
        { requiredKeys: ['word'] },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), user, api, target, version, key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('toggle' as const), user, api, target, key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('commands' as const),
      ...{ user, atomic: fc.boolean(), commands: fc.array(command, { minLength: 1, maxLength: 5 }) },
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      ...{ user, api, order, completed: fc.option(fc.boolean(), { nil: undefined }) },
      search: fc.option(fc.oneof(word, user), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('follow' as const),
      ...{ user, cursor: fc.nat(), side: fc.constantFrom('after' as const, 'before' as const) },
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('readMany' as const, 'toggleMany' as const),
      user,
      targets: fc.uniqueArray(target, { minLength: 1, maxLength: 5 }),
    }),
  },
);
export type Operation = typeof operations extends fc.Arbitrary<infer Value> ? Value : never;
export type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;
