import { GraphQLScalarType } from 'graphql';
import mercurius, { type MercuriusContext } from 'mercurius';
import {
  type Criteria,
  countTasks,
  createTask,
  getTask,
  listTasks,
  renameTask,
  type TaskRow,
  toggleTask,
} from './queries.ts';

declare module 'mercurius' {
  interface MercuriusContext {
    userId: string;
  }
}

interface ListArguments {
  first: number;
  after?: string;
  filter?: { completed?: boolean };
  search?: string;
}

/** What the fields of a connection are read from. */
interface Connection {
  criteria: Criteria;
  edges: { cursor: string; node: TaskRow }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export const resolvers = {
  DateTime: new GraphQLScalarType({ name: 'DateTime', serialize: (value) => (value as Date).toISOString() }),

  Query: {
    task: async (_root: unknown, { id }: { id: string }, { userId }: MercuriusContext) =>
      found(await getTask(userId, id)),
    tasks: (_root: unknown, args: ListArguments, { userId }: MercuriusContext) => connection(userId, args),
  },

  TaskConnection: {
    /** Counted only when it is selected. */
    totalCount: ({ criteria }: Connection, _args: unknown, { userId }: MercuriusContext) =>
      countTasks(userId, criteria),
  },

  Mutation: {
    async createTask(
      _root: unknown,
      { input }: { input: { title: string; description?: string | null } },
      { userId }: MercuriusContext,
    ) {
      return { task: await createTask(userId, titleOf(input), input.description) };
    },
    async updateTask(
      _root: unknown,
      { id, input }: { id: string; input: { title: string } },
      { userId }: MercuriusContext,
    ) {
      return { task: found(await renameTask(userId, id, titleOf(input))) };
    },
    async toggleTask(_root: unknown, { id }: { id: string }, { userId }: MercuriusContext) {
      return { task: found(await toggleTask(userId, id)) };
    },
  },
};

async function connection(userId: string, { first, after, filter, search }: ListArguments): Promise<Connection> {
  if (first < 1 || first > 100) throw badInput('first must be from 1 to 100');
  const criteria = { completed: filter?.completed, search };
  const rows = await listTasks(userId, { ...criteria, after: after ? placeOf(after) : undefined, limit: first + 1 });
  const edges = rows.slice(0, first).map((node) => ({ cursor: cursorOf(node), node }));
  return { criteria, edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } };
}

function cursorOf({ createdAt, id }: TaskRow): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

function placeOf(cursor: string): [createdAt: string, id: string] {
  try {
    const [createdAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [unknown, unknown];
    if (typeof createdAt === 'string' && typeof id === 'string') return [createdAt, id];
  } catch {
    // Falls through to the one answer for all bad cursors.
  }
  throw badInput('after is not a cursor');
}

function titleOf({ title }: { title: string }): string {
  if (title.length < 1 || title.length > 255) throw badInput('title must have 1 to 255 characters');
  return title;
}

function found(task: TaskRow | undefined): TaskRow {
  if (!task) throw new mercurius.ErrorWithProps('no such task', { code: 'NOT_FOUND' });
  return task;
}

function badInput(message: string): Error {
  return new mercurius.ErrorWithProps(message, { code: 'BAD_USER_INPUT' });
}
