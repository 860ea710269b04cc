import { expect } from '@jest/globals';
import type { TaskView } from '../../support/api.ts';
import type { TestApp } from '../../support/app.ts';

/** Both APIs for tests that must see every byte of an answer: what somebody else owns must be in none. */

/** What came of an operation, in the same words for both APIs. */
export type Outcome = { task: TaskView } | { deleted: string } | { refused: string; version: number | undefined };

/** What came of a command, and which task its result shows. */
export interface CommandOutcome {
  status: string;
  outcome: Outcome | undefined;
  shown: TaskView | null;
}

export interface BulkOutcome {
  // biome-ignore lint/suspicious/noExplicitAny: data of whatever document was sent
  data: any;
  /** codes by the alias that they were answered for */
  refused: Record<string, string>;
}

export interface WatchedClient {
  /** every answer to `user` must be free of these words from now on */
  hide(user: string, words: readonly string[]): void;
  graphql(user: string, query: string, variables: Record<string, unknown>): Promise<BulkOutcome>;
  /** one operation of GraphQL whose field `name` answers a task or the id of a deleted one */
  mutate(user: string, name: string, query: string, variables: Record<string, unknown>): Promise<Outcome>;
  rest(user: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Outcome>;
  /** the results of a batch of commands */
  apply(user: string, query: string, variables: Record<string, unknown>): Promise<CommandOutcome[]>;
  /** a page of REST's list */
  page(user: string, query: URLSearchParams): Promise<{ items: TaskView[]; total: number }>;
}

export function createWatchedClient(app: TestApp): WatchedClient {
  const hidden = new Map<string, readonly string[]>();

  async function send(user: string, method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(app.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(await app.credentials(user)),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const everything = `${text}\n${[...response.headers].join('\n')}`;
    // What the client itself sent may come back, as the search does in the links of a list.
    const known = decodeURIComponent(path.replaceAll('+', ' '));
    const seen = (hidden.get(user) ?? []).filter((word) => everything.includes(word) && !known.includes(word));
    expect({ seen, in: seen.length > 0 ? everything : '' }).toEqual({ seen: [], in: '' });
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async function graphql(user: string, query: string, variables: Record<string, unknown>): Promise<BulkOutcome> {
    const { body } = await send(user, 'POST', '/graphql', { query, variables });
    const errors: { path?: string[]; extensions: { code: string; version?: number } }[] = body.errors ?? [];
    if (errors.some(({ path }) => !path)) throw new Error(`not executed: ${JSON.stringify(errors)}`);
    return { data: body.data, refused: Object.fromEntries(errors.map((error) => [error.path?.[0], versioned(error)])) };
  }

  return {
    hide: (user, words) => void hidden.set(user, words),
    graphql,
    async mutate(user, name, query, variables) {
      const { data, refused } = await graphql(user, query, variables);
      if (refused[name]) return refusalOf(refused[name]);
      const { task, deletedTaskId } = data[name];
      return task ? { task } : { deleted: deletedTaskId };
    },
    async apply(user, query, variables) {
      const { data, refused } = await graphql(user, query, variables);
      expect(refused).toEqual({});
      return data.applyCommands.results.map(commandOutcome);
    },
    async rest(user, method, path, body, headers) {
      const answer = await send(user, method, path, body, headers);
      if (answer.status >= 400) return { refused: answer.body.code, version: answer.body.version };
      return answer.body ? { task: view(answer.body) } : { deleted: path.split('/').at(-1) ?? '' };
    },
    async page(user, query) {
      const { status, body } = await send(user, 'GET', `/api/tasks?${query}`, undefined);
      expect(status).toBe(200);
      return { items: body.items.map(view), total: body.total };
    },
  };
}

function versioned({ extensions }: { extensions: { code: string; version?: number } }): string {
  return extensions.version === undefined ? extensions.code : `${extensions.code} ${extensions.version}`;
}

interface CommandAnswer {
  status: string;
  task: TaskView | null;
  deletedTaskId: string | null;
  error: { code: string; version: number | null } | null;
}

function commandOutcome({ status, task, deletedTaskId, error }: CommandAnswer): CommandOutcome {
  if (error) return { status, outcome: { refused: error.code, version: error.version ?? undefined }, shown: task };
  if (deletedTaskId !== null) return { status, outcome: { deleted: deletedTaskId }, shown: task };
  return { status, outcome: task ? { task } : undefined, shown: task };
}

function refusalOf(text: string): Outcome {
  const [refused = '', version] = text.split(' ');
  return { refused, version: version === undefined ? undefined : Number(version) };
}

/** What the model knows of: the others are those of a task that was never planned. */
function view(body: Record<string, unknown>): TaskView {
  const { id, title, description, completed, version } = body;
  const { completed_at: completedAt, created_at: createdAt, updated_at: updatedAt } = body;
  return { id, title, description, completed, version, completedAt, createdAt, updatedAt } as TaskView;
}
