import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodePosition } from '../../src/sync/sync.token.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type Page, pullGraphQL as pullOverGraphQL } from './support/pull.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** One page in either API, in one form. */
type Pull = (user: string, since?: string | null, first?: number) => Promise<Page>;

const pullGraphQL: Pull = (...asked) => pullOverGraphQL(app, ...asked);

const pullRest: Pull = async (user, since, first) => {
  const query = new URLSearchParams({
    ...(since == null ? {} : { since }),
    ...(first === undefined ? {} : { limit: String(first) }),
  });
  const { status, body } = await app.rest(user, 'GET', `/api/tasks/changes?${query}`);
  if (status !== 200) throw Object.assign(new Error(body.detail), { code: body.code, fields: body.fields });
  const { changed, deleted_ids, sync_token, has_more, full_sync } = body;
  return { changed, deletedIds: deleted_ids, syncToken: sync_token, hasMore: has_more, fullSync: full_sync };
};

async function create(user: string, title: string): Promise<string> {
  const { status, body } = await app.rest(user, 'POST', '/api/tasks', { title });
  expect(status).toBe(201);
  return body.id;
}
const rename = (user: string, id: string, title: string) => app.rest(user, 'PATCH', `/api/tasks/${id}`, { title });
const remove = (user: string, id: string) => app.rest(user, 'DELETE', `/api/tasks/${id}`);

const titles = (page: Page) => page.changed.map(({ title }) => title);
const ids = (page: Page) => page.changed.map(({ id }) => id);

describe.each([
  ['GraphQL', pullGraphQL],
  ['REST', pullRest],
])('pulling over %s', (_api, pull) => {
  it('answers an empty start to a user without tasks', async () => {
    const page = await pull(newUser());
    expect(page).toMatchObject({ changed: [], deletedIds: [], hasMore: false, fullSync: true });
  });

  it('answers all tasks without a token, page by page, newest first, each once', async () => {
    const user = newUser();
    for (const title of ['a', 'b', 'c', 'd', 'e']) await create(user, title);
    const first = await pull(user, null, 2);
    const second = await pull(user, first.syncToken, 2);
    const third = await pull(user, second.syncToken, 2);
    expect([first, second, third].map(titles)).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
    expect([first, second, third].map(({ hasMore, fullSync }) => [hasMore, fullSync])).toEqual([
      [true, true],
      [true, true],
      [false, true],
    ]);
    expect(await pull(user, third.syncToken)).toMatchObject({ changed: [], deletedIds: [], hasMore: false });
  });

  it('answers exactly what has changed since, each task once as it is now, in the order of the last changes', async () => {
    const user = newUser();
    const [a, b, c] = [await create(user, 'a'), await create(user, 'b'), await create(user, 'c')];
    const { syncToken } = await pull(user);
    await rename(user, c, 'c2');
    await rename(user, a, 'a2');
    await rename(user, c, 'c3');
    await remove(user, b);
    const d = await create(user, 'd');
    const page = await pull(user, syncToken);
    expect(page).toMatchObject({ deletedIds: [b], hasMore: false, fullSync: false });
    expect(page.changed).toMatchObject([
      { id: a, title: 'a2', version: 2 },
      { id: c, title: 'c3', version: 3 },
      { id: d, title: 'd', version: 1 },
    ]);
  });

  it('answers many changes page by page, deletions among them', async () => {
    const user = newUser();
    const { syncToken } = await pull(user);
    const made: string[] = [];
    for (let index = 0; index < 7; index++) made.push(await create(user, `task ${index}`));
    await remove(user, made[0]!);
    const seen: string[] = [];
    const gone: string[] = [];
    let token = syncToken;
    for (let more = true; more; ) {
      const page = await pull(user, token, 3);
      seen.push(...ids(page));
      gone.push(...page.deletedIds);
      expect(page.fullSync).toBe(false);
      expect(page.changed.length + page.deletedIds.length).toBeLessThanOrEqual(3);
      token = page.syncToken;
      more = page.hasMore;
    }
    expect({ seen, gone }).toEqual({ seen: made.slice(1), gone: [made[0]] });
  });

  it('changes its token only with a change', async () => {
    const user = newUser();
    const id = await create(user, 'a');
    const { syncToken } = await pull(user);
    const again = await pull(user, syncToken);
    expect(again.syncToken).toBe(syncToken);
    await rename(user, id, 'b');
    expect((await pull(user, syncToken)).syncToken).not.toBe(syncToken);
  });

  it('refuses a token that is none, forged, or given to somebody else', async () => {
    const [user, other] = [newUser(), newUser()];
    await create(user, 'mine');
    await create(other, 'theirs');
    const { syncToken } = await pull(other);
    const forged = `${syncToken.slice(0, -1)}${syncToken.endsWith('A') ? 'B' : 'A'}`;
    for (const since of ['', 'x', 'AAAA', forged, syncToken]) {
      await expect(pull(user, since)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    // A place in somebody else's start is no place in one's own.
    await create(other, 'more of theirs');
    const place = (await pull(other, null, 1)).syncToken;
    await expect(pull(user, place)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it.each([2 ** 53, -(2 ** 53), 8.64e15, 3e14, -7e13])(
    'refuses a forged token of a start at %d like any other, though no database knows such a moment',
    async (createdAt) => {
      const user = newUser();
      await create(user, 'mine');
      const start = { createdAt, id: randomUUID() };
      const forged = encodePosition({ epoch: randomUUID(), rev: 1, start }, randomUUID());
      await expect(pull(user, forged)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    },
  );

  it('begins anew for a token that is older than the tombstones that are kept', async () => {
    const user = newUser();
    const [kept, gone] = [await create(user, 'kept'), await create(user, 'gone')];
    const before = (await pull(user)).syncToken;
    await remove(user, gone);
    const after = (await pull(user)).syncToken;
    await app.owner("update tasks set deleted_at = now() - interval '40 days' where id = $1", [gone]);
    await app.owner('select purge_tombstones(30)');
    const page = await pull(user, before);
    expect(page).toMatchObject({ deletedIds: [], fullSync: true, hasMore: false });
    expect(ids(page)).toEqual([kept]);
    // Dating the tombstone back was a change too, which this one has not seen.
    expect(await pull(user, after)).toMatchObject({ fullSync: true });
    expect(await pull(user, page.syncToken)).toMatchObject({ changed: [], fullSync: false });
  });

  it('still knows what has changed when only tombstones that were seen are purged', async () => {
    const user = newUser();
    const [kept, gone] = [await create(user, 'kept'), await create(user, 'gone')];
    await remove(user, gone);
    await app.owner("update tasks set deleted_at = now() - interval '40 days' where id = $1", [gone]);
    const { syncToken } = await pull(user);
    await app.owner('select purge_tombstones(30)');
    await rename(user, kept, 'changed');
    expect(await pull(user, syncToken)).toMatchObject({ changed: [{ id: kept }], fullSync: false });
  });

  it('begins anew when a task vanished without a tombstone', async () => {
    const user = newUser();
    const [kept, gone] = [await create(user, 'kept'), await create(user, 'gone')];
    const { syncToken } = await pull(user);
    await app.owner('delete from tasks where id = $1', [gone]);
    const page = await pull(user, syncToken);
    expect(page.fullSync).toBe(true);
    expect(ids(page)).toEqual([kept]);
  });

  it('begins anew for a token of a later state than the database is in', async () => {
    const user = newUser();
    const id = await create(user, 'a');
    await rename(user, id, 'b');
    const { syncToken } = await pull(user);
    // As it is after the database was set back to a moment before.
    await app.owner('update users set rev = rev - 1 where id = $1', [user]);
    expect(await pull(user, syncToken)).toMatchObject({ fullSync: true });
  });

  it('finishes a start whose beginning is known no more, and then begins another one', async () => {
    const user = newUser();
    const made = [await create(user, 'a'), await create(user, 'b'), await create(user, 'c')];
    const first = await pull(user, null, 1);
    await app.owner('delete from tasks where id = $1', [made[2]]);
    const rest = await pull(user, first.syncToken, 5);
    expect(ids(rest)).toEqual([made[1], made[0]]);
    const anew = await pull(user, rest.syncToken);
    expect(anew.fullSync).toBe(true);
    expect(ids(anew)).toEqual([made[1], made[0]]);
  });
});

describe('a start that is read page by page while tasks change', () => {
  it('holds each task that was there and still is once, whatever is changed between its pages, and what came later comes with the changes', async () => {
    const user = newUser();
    const made: string[] = [];
    for (let index = 0; index < 12; index++) made.push(await create(user, `task ${index}`));
    const device = new Map<string, string>();
    const started: string[] = [];
    const deleted = [made[2]!, made[9]!];
    let token: string | null = null;
    for (let more = true, round = 0; more; round++) {
      const page: Page = await pullGraphQL(user, token, 3);
      started.push(...ids(page));
      for (const { id, title } of page.changed) device.set(id, title);
      // Of those that were read and of those that were not.
      await rename(user, made[round]!, `changed ${round}`);
      await rename(user, made[11 - round]!, `changed late ${round}`);
      if (round === 1) for (const id of deleted) await remove(user, id);
      await create(user, `new ${round}`);
      token = page.syncToken;
      more = page.hasMore;
    }
    expect(started).toHaveLength(new Set(started).size);
    const untouched = made.filter((id) => !deleted.includes(id));
    expect(started).toEqual(expect.arrayContaining(untouched));
    const changes = await pullGraphQL(user, token, 100);
    expect(changes.fullSync).toBe(false);
    for (const { id, title } of changes.changed) device.set(id, title);
    for (const id of changes.deletedIds) device.delete(id);
    const rows = await app.owner('select id, title from tasks where user_id = $1 and deleted_at is null', [user]);
    expect(Object.fromEntries(device)).toEqual(Object.fromEntries(rows.map(({ id, title }) => [id, title])));
  });

  it('reads tasks of the same moment each once', async () => {
    const user = newUser();
    const createdAt = '2026-01-01T00:00:00.000Z';
    await app.rest(user, 'GET', '/api/auth/me');
    const made = await storeTasks(
      app.databaseUrl,
      user,
      Array.from({ length: 7 }, () => ({ createdAt })),
    );
    const started: string[] = [];
    let token: string | null = null;
    for (let more = true; more; ) {
      const page: Page = await pullGraphQL(user, token, 2);
      started.push(...ids(page));
      token = page.syncToken;
      more = page.hasMore;
    }
    expect(started.sort()).toEqual(made.sort());
  });
});
