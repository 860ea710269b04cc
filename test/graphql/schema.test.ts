import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  validateSchema,
} from 'graphql';
import { printSchema } from '../../scripts/print-schema.ts';
import { createLocalHints } from '../../src/core/change-hints.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createRateLimits } from '../../src/core/rate-limits.ts';
import { createLocalRevocations } from '../../src/core/revocations.ts';
import { createResolvers } from '../../src/graphql/resolvers.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { createServices } from '../../src/services.ts';
import { createMemoryStores } from '../support/memory-stores.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';

let schema: GraphQLSchema;
beforeAll(async () => {
  const services = createServices({
    ...createMemoryStores(),
    identities: { endSessions: async () => {}, deleteUser: async () => {} },
    revocations: createLocalRevocations(),
    events: createRecordedEvents(),
    clock: systemClock,
    wait: async () => {},
    following: { hints: createLocalHints(), maximumPerUser: 1, log: () => {} },
  });
  schema = await createSchema(createResolvers(services, createRecordedEvents()), createRateLimits(1));
});

function ownTypes(): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
}

/** Every field of a type with its arguments, as the schema language writes them, without defaults. */
function signatures(name: string): string[] {
  const type = schema.getType(name);
  if (isInputObjectType(type)) return Object.values(type.getFields()).map((field) => `${field.name}: ${field.type}`);
  if (!isObjectType(type)) throw new Error(`${name} is no object type`);
  return Object.values(type.getFields()).map((field) => {
    const parameters = field.args.map((argument) => `${argument.name}: ${argument.type}`).join(', ');
    return `${field.name}${parameters === '' ? '' : `(${parameters})`}: ${field.type}`;
  });
}

describe('the schema', () => {
  it('is valid', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it('describes every type, field, argument, enum value and input field', () => {
    const silent: string[] = [];
    const note = (place: string, { description }: { description?: string | null | undefined }) => {
      if (!description?.trim()) silent.push(place);
    };
    const builtIn = ['String', 'Int', 'Float', 'Boolean', 'ID'];
    for (const type of ownTypes().filter(({ name }) => !builtIn.includes(name))) {
      note(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, field);
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        note(`${type.name}.${field.name}`, field);
        for (const argument of field.args) note(`${type.name}.${field.name}(${argument.name})`, argument);
      }
    }
    expect(silent).toEqual([]);
  });

  it('limits the rate of every query and every mutation', () => {
    const printed = printSchema(schema);
    for (const root of [schema.getQueryType(), schema.getMutationType()]) {
      const fields = Object.values(root?.getFields() ?? {});
      expect(fields.length).toBeGreaterThan(0);
      for (const field of fields) {
        const limit = new RegExp(`^  ${field.name}(\\(.*\\))?: \\S+ @rateLimit\\(limit: \\d+, duration: \\d+\\)`, 'm');
        const oneLine = printed.replace(/\(\n[^)]*?\n {2}\)/g, '(…)');
        expect(oneLine).toMatch(limit);
      }
    }
  });

  it('offers one subscription, which is no field that a query could answer', () => {
    const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
    expect(fields.map(({ name }) => name)).toEqual(['taskChanged']);
    expect(fields.every(({ subscribe }) => typeof subscribe === 'function')).toBe(true);
  });

  it('says with each description a sentence', () => {
    const bad = printSchema(schema)
      .match(/""".*?"""/gs)
      ?.map((text) => text.slice(3, -3).trim())
      .filter((text) => !/^[A-Z0-9`].*\.$/s.test(text));
    expect(bad).toEqual([]);
  });

  it('keeps the built-in directives', () => {
    const names = schema.getDirectives().map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['include', 'skip', 'deprecated', 'specifiedBy', 'rateLimit']));
  });

  it('prints the same text each time', () => {
    expect(printSchema(schema)).toBe(printSchema(schema));
    expect(printSchema(schema)).toContain('directive @rateLimit');
  });

  it('names enum values in capitals', () => {
    for (const type of ownTypes().filter(isEnumType)) {
      for (const { name } of type.getValues()) expect(name).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
    }
  });

  it('answers every mutation with a payload of its own, never null', () => {
    for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      const payload = `${field.name[0]?.toUpperCase()}${field.name.slice(1)}Payload`;
      expect(String(field.type)).toBe(`${payload}!`);
    }
  });

  it('shows nothing that belongs to the server alone', () => {
    const secret = /\..*(deleted_?at|user_?id|password|secret|token|session|search_?vector)/i;
    const shown = ownTypes()
      .filter(isObjectType)
      .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
    const undoable = /^\w+Payload\.undoToken$/;
    expect(shown.filter((place) => secret.test(place) && !undoable.test(place)).sort()).toEqual([
      'DeleteAccountPayload.deletedUserId',
      'Mutation.revokeTokens',
      'Task.deletedAt',
      'TaskChange.syncToken',
      'TaskSyncPayload.syncToken',
    ]);
  });
});

describe('the contract', () => {
  it.each([
    [
      'Query',
      [
        'viewer: Viewer!',
        'task(id: ID!): Task!',
        'tasks(first: Int, after: String, last: Int, before: String, filter: TaskFilter, search: String, orderBy: [TaskOrder!]): TaskConnection!',
      ],
    ],
    [
      'Mutation',
      [
        'createTask(input: CreateTaskInput!, idempotencyKey: String): CreateTaskPayload!',
        'updateTask(id: ID!, input: UpdateTaskInput!, expectedVersion: Int, idempotencyKey: String): UpdateTaskPayload!',
        'deleteTask(id: ID!, expectedVersion: Int, idempotencyKey: String): DeleteTaskPayload!',
        'toggleTask(id: ID!, idempotencyKey: String): ToggleTaskPayload!',
        'revokeTokens: RevokeTokensPayload!',
        'deleteAccount(confirm: String!): DeleteAccountPayload!',
      ],
    ],
    [
      'Task',
      [
        ...['id: ID!', 'title: String!', 'description: String', 'completed: Boolean!', 'completedAt: DateTime'],
        ...['createdAt: DateTime!', 'updatedAt: DateTime!', 'version: Int!'],
      ],
    ],
    ['Viewer', ['id: ID!', 'email: String', 'name: String', 'createdAt: DateTime!', 'taskStats: TaskStats!']],
    ['TaskConnection', ['edges: [TaskEdge!]!', 'nodes: [Task!]!', 'pageInfo: PageInfo!', 'totalCount: Int!']],
    ['TaskEdge', ['cursor: String!', 'node: Task!']],
    ['PageInfo', ['hasNextPage: Boolean!', 'hasPreviousPage: Boolean!', 'startCursor: String', 'endCursor: String']],
    ['CreateTaskPayload', ['task: Task!']],
    ['UpdateTaskPayload', ['task: Task!']],
    ['ToggleTaskPayload', ['task: Task!']],
    ['DeleteTaskPayload', ['deletedTaskId: ID!']],
    ['CreateTaskInput', ['id: ID', 'title: String!', 'description: String', 'completed: Boolean']],
    ['UpdateTaskInput', ['title: String', 'description: String', 'completed: Boolean']],
  ])('holds for %s', (name, expected) => {
    const unordered = (signature: string) =>
      signature.replace(/\((.*)\)/, (_whole, list) => `(${list.split(', ').sort()})`);
    expect(signatures(name).map(unordered)).toEqual(expect.arrayContaining(expected.map(unordered)));
  });

  it.each([
    [
      'Query',
      ['task', 'tasks', 'viewer'],
      [...['deletedTasks', 'exportMyData', 'list', 'lists', 'node', 'nodes', 'tag', 'tags', 'taskStats', 'taskSync']],
    ],
    [
      'Mutation',
      ['createTask', 'deleteAccount', 'deleteTask', 'revokeTokens', 'toggleTask', 'updateTask'],
      [
        ...['applyCommands', 'completeTask', 'createList', 'createTag', 'createTasks', 'deleteList', 'deleteTag'],
        ...[
          'deleteTasks',
          'importTasks',
          'moveTask',
          'purgeTask',
          'reopenTask',
          'restoreTask',
          'undo',
          'updateList',
          'updateTag',
        ],
        ...['updateTasks', 'updateViewer'],
      ],
    ],
    [
      'Task',
      ['completed', 'completedAt', 'createdAt', 'description', 'id', 'title', 'updatedAt', 'version'],
      [
        ...['completedOccurrences', 'deletedAt', 'dueAt', 'dueDate', 'dueTimeZone', 'history', 'list', 'listId'],
        ...['parent', 'parentId', 'position', 'priority', 'recurrence', 'recurrenceBasis', 'subtaskCounts', 'subtasks'],
        ...['tagIds', 'tags'],
      ],
    ],
  ])('holds for %s without a field more than what was designed since', (name, contract, added) => {
    const fields = signatures(name).map((signature) => signature.split(/[(:]/)[0]);
    expect(fields.sort()).toEqual([...contract, ...added].sort());
  });

  it('asks for nothing more of clients than it did: what was added to it may be absent', () => {
    const required = ['CreateTaskInput', 'UpdateTaskInput', 'TaskFilter', 'TaskOrder', 'DateTimeRange'].flatMap(
      (name) => {
        const type = schema.getType(name);
        if (!isInputObjectType(type)) throw new Error(`${name} is no input`);
        return Object.values(type.getFields())
          .filter(isRequiredInputField)
          .map((field) => `${name}.${field.name}`);
      },
    );
    expect(required).toEqual(['CreateTaskInput.title', 'TaskOrder.field']);
    const contract = [
      'tasks',
      'task',
      'viewer',
      'createTask',
      'updateTask',
      'deleteTask',
      'toggleTask',
      'deleteAccount',
    ];
    const roots = [schema.getQueryType(), schema.getMutationType()].flatMap((root) => Object.values(root!.getFields()));
    const wanted = roots
      .filter(({ name }) => contract.includes(name))
      .flatMap(({ name, args }) => args.filter(isRequiredArgument).map((argument) => `${name}(${argument.name})`));
    expect(wanted.sort()).toEqual([
      ...['createTask(input)', 'deleteAccount(confirm)', 'deleteTask(id)', 'task(id)', 'toggleTask(id)'],
      ...['updateTask(id)', 'updateTask(input)'],
    ]);
  });

  it('holds for what tasks can be ordered by', () => {
    const type = schema.getType('TaskOrderField');
    const names = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
    expect(names).toEqual(expect.arrayContaining(['CREATED_AT', 'UPDATED_AT', 'TITLE', 'COMPLETED']));
  });
});
