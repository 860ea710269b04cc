import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { newUser } from '../../support/factories.ts';
import type { OpenTestDatabase } from '../../support/open-test-database.ts';
import { documentOf } from '../../tasks/support/operations.ts';
import { type Asked, askedBy, type Made, type Plan } from './isolation-plans.ts';
import type { WatchedClient } from './watched-client.ts';

const USERS = 3;
const TABLES = ['tasks', 'tags', 'lists', 'task_tags', 'task_changes', 'task_occurrences', 'idempotency_keys'];
/** What there is of each user, every row in a number. */
const STATES = `
  select id, concat_ws(' ', rev, ${TABLES.map(
    (table) =>
      `(select md5(string_agg(row::text, ',' order by row::text)) from ${table} row where row.user_id = users.id)`,
  ).join()}) as state from users where id = any($1)`;
const REFUSALS = ['FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT', 'CONFLICT'];

/**
 * Users who name each other's tasks, tags, lists and tokens. Nothing that belongs to one of them may be in an answer to
 * another, nor be changed by what another asks for, nor be referred to by a row of another.
 */
export class IsolatedPlans {
  readonly #client: WatchedClient;
  readonly #database: OpenTestDatabase;
  readonly #users = Array.from({ length: USERS }, () => newUser('planner'));
  readonly #markers = this.#users.map(() => `marker${randomUUID().replaceAll('-', '')}`);
  readonly #made: Made = { tasks: [], tags: [], lists: [], tokens: [], cursors: [], syncTokens: [] };
  /** by kind and id: a tag may have the id of somebody's list */
  readonly #owners = new Map<string, number>();

  constructor(client: WatchedClient, database: OpenTestDatabase) {
    this.#client = client;
    this.#database = database;
    for (const [index, name] of this.#users.entries()) {
      const others = [...this.#users, ...this.#markers].filter((_, other) => other % USERS !== index);
      client.hide(name, others);
    }
  }

  async perform(plan: Plan): Promise<void> {
    const asked = askedBy(plan, this.#made, this.#markers[plan.user]!);
    const name = this.#users[plan.user]!;
    const before = await this.#states();
    const document = documentOf(asked.name, asked.given, asked.selection);
    const { data, refused } = await this.#client.graphql(name, document, asked.given);
    const after = await this.#states();
    before.delete(name);
    for (const [user, state] of before) expect([plan.kind, user, after.get(user)]).toEqual([plan.kind, user, state]);
    const code = refused[asked.name]?.split(' ')[0];
    expect([undefined, ...REFUSALS]).toContain(code);
    this.#expectRefused(plan, asked, code);
    await this.#expectOwnReferences(name);
    if (data?.[asked.name]) this.#learn(plan.user, data[asked.name]);
  }

  async #states(): Promise<Map<string, string>> {
    const rows = await this.#database.owner<{ id: string; state: string }>(STATES, [this.#users]);
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  /** Unless the same key has answered before, what is about somebody else's cannot have gone well. */
  #expectRefused({ user, key }: Plan, { isWrite, targets, targetKind }: Asked, code: string | undefined): void {
    const isForeign = targets.some((id) => (this.#owners.get(`${targetKind} ${id}`) ?? user) !== user);
    if (isWrite && isForeign && key === undefined) expect(REFUSALS).toContain(code);
  }

  async #expectOwnReferences(name: string): Promise<void> {
    const foreign = await this.#database.owner(
      `select tasks.id from tasks
       left join tasks parent on parent.id = tasks.parent_id left join lists on lists.id = tasks.list_id
       where tasks.user_id = $1 and (parent.user_id <> $1 or lists.user_id <> $1
         or exists (select from tags where tags.id = any (tasks.tag_ids) and tags.user_id <> $1))`,
      [name],
    );
    expect(foreign).toEqual([]);
  }

  /** Whatever ids and tokens are in an answer can be named by everybody from now on. */
  #learn(user: number, result: unknown): void {
    const { task, tasks, nodes, tag, list, undoToken, pageInfo, syncToken } = result as Record<string, never>;
    const isKept = !(result as { errors?: unknown[] }).errors?.length && !('purgedTaskId' in (result as object));
    const add = (kind: keyof Made, id: string | undefined) => {
      if (id === undefined || id === null || this.#made[kind].includes(id)) return;
      this.#made[kind].push(id);
      this.#owners.set(`${kind} ${id}`, user);
    };
    for (const one of [task, ...((tasks ?? []) as { id: string }[]), ...((nodes ?? []) as { id: string }[])]) {
      if (isKept) add('tasks', (one as { id: string } | undefined)?.id);
    }
    add('tags', (tag as { id: string } | undefined)?.id);
    add('lists', (list as { id: string } | undefined)?.id);
    add('tokens', undoToken);
    add('cursors', (pageInfo as { endCursor: string } | undefined)?.endCursor);
    add('syncTokens', syncToken);
  }
}
