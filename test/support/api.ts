import { expect } from '@jest/globals';
import type { TaskRow } from '../../src/tasks/task.ts';
import type { TaskInput } from './factories.ts';

/** Both APIs, and whatever else reaches the services, behind one interface: the cases of the contract know only this. */

/** A task by GraphQL's names, whichever API showed it. */
export interface TaskView extends Omit<TaskRow, 'rank'> {
  position: string;
}

/** What both show of a task that was never planned, but for its place. */
export const UNPLANNED_VIEW = {
  priority: 'NONE',
  dueDate: null,
  dueAt: null,
  dueTimeZone: null,
  recurrence: null,
  recurrenceBasis: 'DUE',
  tagIds: [],
  listId: null,
  parentId: null,
} satisfies Partial<TaskView>;

export interface UserView {
  id: string;
  email: string | null;
  name: string | null;
  createdAt: string;
}

export interface ListQuery {
  limit?: number;
  sort?: 'createdAt' | 'updatedAt' | 'title' | 'completed';
  descending?: boolean;
  search?: string;
  completed?: boolean;
}

/** Whatever a client might send, right or wrong. */
export type AnyInput = TaskInput | Record<string, unknown>;

/**
 * `user` undefined sends no credentials, `key` names the request. Every method answers the result, or throws a `Refusal`.
 */
export interface Api {
  create(user: string | undefined, input: AnyInput, key?: string): Promise<TaskView>;
  get(user: string | undefined, id: string): Promise<TaskView>;
  list(user: string | undefined, query?: ListQuery): Promise<{ tasks: TaskView[]; total: number }>;
  update(
    user: string | undefined,
    id: string,
    changes: AnyInput,
    expectedVersion?: number,
    key?: string,
  ): Promise<TaskView>;
  delete(user: string | undefined, id: string, expectedVersion?: number, key?: string): Promise<void>;
  toggle(user: string | undefined, id: string, key?: string): Promise<TaskView>;
  me(user: string | undefined): Promise<UserView>;
  revoke(user: string | undefined): Promise<void>;
  deleteAccount(user: string | undefined): Promise<void>;
}

/** The headers that prove who a user is, as the server's auth layer wants them. */
export type Credentials = (user: string | undefined) => Promise<Record<string, string>>;

/** An error as either API tells it. The form of the API around it was checked already. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  /** names of the faulty fields */
  readonly fields: string[] | undefined;
  readonly version: number | undefined;
  readonly retryAfter: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(message: string, details: RefusalDetails, headers = new Headers()) {
    super(message);
    this.code = details.code;
    this.fields = details.fields?.map(({ field }) => field);
    this.version = details.version;
    this.retryAfter = details.retryAfter;
    this.headers = Object.fromEntries(headers);
  }
}

export interface RefusalDetails {
  code: string;
  fields?: { field: string; message: string }[];
  version?: number;
  retryAfter?: number;
}

/** The refusal that a call ends in; a call that is answered fails the test. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (outcome instanceof Refusal) return outcome;
  if (outcome instanceof Error) throw outcome;
  throw new Error(`answered instead of refused: ${JSON.stringify(outcome)}`);
}

/** Stacks, file names, SQL, names of tables and constraints, and the phrases of the libraries beneath. */
const INTERNALS =
  /\n\s+at |node_modules|\.[jt]s\b|\b(select|insert into|update|delete from)\s.*\b(from|values|set|where)\b|tasks_|users_|_pkey|violates|SQLSTATE|\bpg\b|zod|MikroORM|kysely|Invalid input|Too (big|small)|Unrecognized/i;

/** What holds for every error of either API: its words are the server's own, and the request can be found in the log. */
export function expectSafe(body: unknown, headers: Headers, requestId: unknown): void {
  expect(JSON.stringify(body)).not.toMatch(INTERNALS);
  expect(requestId).toBe(headers.get('x-request-id'));
}
