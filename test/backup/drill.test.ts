import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runCommand } from '../commands/support.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeTasks } from '../support/factories.ts';
import { contentsOf, newDirectory, schemaOf, withOwner } from './support.ts';

/** Everything is lost but the file and the secrets, and comes back by the commands alone. */

const EMBEDDED = { AUTH_EMBEDDED: 'true' };
const password = 'correct horse';
const UNUSUAL = 'tab\tnewline\nbackslash \\. \\N quote \' " 日本語 👩‍👩‍👧 \u202eRTL';

let directory: string;
let path: string;
let lost: Record<string, string[]>;
let restored: Record<string, string[]>;
let target: TestDatabase;
let app: TestApp;
/** the token was given out before everything was lost */
let alice: { authorization: string };
let revoked: { authorization: string };
let kept: { id: string; version: number };
/** what a device of Alice's knew before the backup */
let syncToken: string;

async function bearer(server: TestApp, route: string, email: string) {
  const { body } = await server.rest(undefined, 'POST', `/api/auth/${route}`, { email, name: 'A', password });
  const session = { authorization: `Bearer ${body.token}` };
  const answer = await server.rest(undefined, 'GET', '/api/auth/token', undefined, session);
  return { authorization: `Bearer ${answer.body.token}` };
}

async function changesSince(server: TestApp, since?: string) {
  const query = since === undefined ? '' : `?since=${since}`;
  return (await server.rest(undefined, 'GET', `/api/tasks/changes${query}`, undefined, alice)).body;
}

async function fill(server: TestApp, url: string): Promise<void> {
  alice = await bearer(server, 'sign-up/email', 'alice@example.com');
  revoked = await bearer(server, 'sign-up/email', 'revoked@example.com');
  const create = (title: string, headers = {}) =>
    server.rest(undefined, 'POST', '/api/tasks', { title, description: UNUSUAL }, { ...alice, ...headers });
  const { body } = await create('kept');
  await server.rest(undefined, 'PATCH', `/api/tasks/${body.id}/toggle`, undefined, alice);
  await server.rest(undefined, 'PUT', `/api/tasks/${body.id}`, { title: 'kept for long' }, alice);
  await create('once', { 'idempotency-key': 'key-1' });
  const deleted = await create('deleted');
  await server.rest(undefined, 'DELETE', `/api/tasks/${deleted.body.id}`, undefined, alice);
  const query =
    'mutation ($id: ID!, $taskId: ID!) { applyCommands(commands: [{ id: $id, toggle: { id: $taskId } }]) { results { status } } }';
  const variables = { id: crypto.randomUUID(), taskId: body.id };
  await server.rest(undefined, 'POST', '/graphql', { query, variables }, alice);
  await plan(server, body.id);
  kept = (await server.rest(undefined, 'GET', `/api/tasks/${body.id}`, undefined, alice)).body;
  syncToken = (await changesSince(server)).sync_token;
  await server.rest(undefined, 'POST', '/api/auth/revoke', undefined, revoked);
  await server.rest('leaving', 'POST', '/api/tasks', { title: 'erased' });
  await server.rest('leaving', 'DELETE', '/api/auth/me');
  await storeTasks(url, 'bob', [
    { title: 'old', completed: true, createdAt: '1999-12-31T23:59:59.999Z', completedAt: '2000-01-01T00:00:00.001Z' },
    ...Array.from({ length: 500 }, () => ({})),
  ]);
}

/** Tags, lists, parts, a place, a rule with an occurrence, and what of it can be taken back. */
async function plan(server: TestApp, id: string): Promise<void> {
  const post = async (path: string, body: object) => (await server.rest(undefined, 'POST', path, body, alice)).body.id;
  const [tag, list] = [
    await post('/api/tags', { name: UNUSUAL.slice(0, 3) }),
    await post('/api/lists', { name: 'home' }),
  ];
  const part = await post('/api/tasks', { title: 'part', parent_id: id, tag_ids: [tag], list_id: list });
  const rule = { due_date: '2026-01-31', recurrence: 'FREQ=MONTHLY' };
  const recurring = await post('/api/tasks', { title: 'again', ...rule });
  await server.rest(undefined, 'PATCH', `/api/tasks/${recurring}/complete`, undefined, alice);
  await server.rest(undefined, 'PATCH', `/api/tasks/${part}/move`, { before: id }, alice);
}

function command(name: string, ...args: string[]) {
  const [url = '', ...others] = args;
  const env = { NODE_ENV: 'test', DATABASE_URL: url, DATA_DIR: directory };
  return runCommand(name, others, { cwd: directory, env });
}

beforeAll(async () => {
  directory = await newDirectory();
  path = join(directory, 'drill.backup');
  const source = await createTestDatabase();
  const before = await startTestApp({ environment: { ...EMBEDDED, DATABASE_URL: source.url } });
  await fill(before, source.url);
  // Security events are on their way until then.
  await before.close();
  lost = await contentsOf(source.url);
  expect(await command('backup', source.url, path)).toMatchObject({ code: 0, complaint: '' });
  await source.drop();
  target = await createEmptyDatabase();
  expect(await command('restore', target.url, path)).toMatchObject({ code: 0, complaint: '' });
  restored = await contentsOf(target.url);
  app = await startTestApp({ environment: { ...EMBEDDED, DATABASE_URL: target.url } });
}, 360_000);
afterAll(async () => {
  await app.close();
  await target.drop();
  await rm(directory, { recursive: true });
});

it('brings back every column of every row of every table, and takes itself down', () => {
  expect(Object.keys(lost)).toEqual(
    expect.arrayContaining(['auth."user"', 'auth.jwks', 'public.tasks', 'public.users']),
  );
  for (const [table, rows] of Object.entries(lost))
    expect([table, rows.length > 0]).toEqual([table, table !== 'auth.verification']);
  const { 'public.audit_events': events = [], 'public.sync_epoch': epoch, ...others } = restored;
  const { 'public.audit_events': eventsBefore = [], 'public.sync_epoch': epochBefore, ...othersBefore } = lost;
  expect(others).toEqual(othersBefore);
  const added = events.filter((event) => !eventsBefore.includes(event));
  expect(added).toEqual([expect.stringMatching(/^\([0-9a-f-]{36},,RESTORED,SUCCEEDED,,,,1,/)]);
  expect(events.length).toBe(eventsBefore.length + 1);
  // What happened after the backup is undone, so that numbers of changes begin another history.
  expect(epoch).toHaveLength(1);
  expect(epoch).not.toEqual(epochBefore);
});

it('has devices begin anew, since what they heard of after the backup is no longer so', async () => {
  const anew = await changesSince(app, syncToken);
  expect(anew).toMatchObject({ full_sync: true, has_more: false });
  expect(anew.changed.map(({ title }: { title: string }) => title).sort()).toEqual([
    'again',
    'kept for long',
    'once',
    'part',
  ]);
  expect(await changesSince(app, anew.sync_token)).toMatchObject({ changed: [], full_sync: false });
});

it('lets those sign in who could before, and accepts the tokens that they had', async () => {
  const again = await bearer(app, 'sign-in/email', 'alice@example.com');
  for (const headers of [alice, again]) {
    const { body } = await app.rest(undefined, 'GET', '/api/tasks?sort=created_at', undefined, headers);
    expect(body.items.map(({ title }: { title: string }) => title)).toEqual(['kept for long', 'once', 'part', 'again']);
    expect(body.items[0]).toEqual(kept);
  }
});

it('keeps refusing tokens that were revoked and accounts that were erased', async () => {
  const statuses = [
    await app.rest(undefined, 'GET', '/api/tasks', undefined, revoked),
    await app.rest('leaving', 'GET', '/api/tasks'),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([401, 401]);
});

it('goes on where it was: counters, retry keys, searches and versions', async () => {
  const once = { title: 'once', description: UNUSUAL };
  const retried = await app.rest(undefined, 'POST', '/api/tasks', once, { ...alice, 'idempotency-key': 'key-1' });
  const { body: listed } = await app.rest(undefined, 'GET', '/api/tasks?search=once', undefined, alice);
  expect(listed.items.map(({ id }: { id: string }) => id)).toEqual([retried.body.id]);
  const toggled = await app.rest(undefined, 'PATCH', `/api/tasks/${kept.id}/toggle`, undefined, alice);
  expect(toggled.body.version).toBe(kept.version + 1);
  const revisions = await withOwner(target.url, (client) =>
    client.query(
      "select users.rev, max(tasks.rev) from users join tasks on user_id = users.id where users.rev > 0 and title <> '' and user_id <> 'bob' group by users.id",
    ),
  );
  expect(revisions.rows).toEqual(revisions.rows.map(({ rev }) => ({ rev, max: rev })));
});

it('brings back tags, lists, parts, places, histories, occurrences and the trash, which go on where they were', async () => {
  const get = async (path: string) => (await app.rest(undefined, 'GET', `/api${path}`, undefined, alice)).body;
  const [tags, lists, { items }] = [await get('/tags'), await get('/lists'), await get('/tasks?sort=position')];
  const [part, ...others] = items;
  expect(part).toMatchObject({
    title: 'part',
    parent_id: kept.id,
    tag_ids: [tags.items[0].id],
    list_id: lists.items[0].id,
  });
  expect(others.map(({ title }: { title: string }) => title)).toEqual(['kept for long', 'once', 'again']);
  const { id } = others[2];
  expect((await get(`/tasks/${id}/occurrences`)).items).toMatchObject([{ version: 2, due_date: '2026-01-31' }]);
  expect((await get(`/tasks/${part.id}/history`)).items).toMatchObject([{ changes: [{ field: 'position' }] }]);
  const [gone] = (await get('/tasks/trash')).items;
  const restored = await app.rest(undefined, 'PATCH', `/api/tasks/${gone.id}/restore`, undefined, alice);
  expect(restored.body).toMatchObject({ title: 'deleted', description: UNUSUAL });
  const token = restored.headers.get('undo-token');
  const undone = await app.rest(undefined, 'POST', '/api/undo', { token }, alice);
  expect(undone.body).toMatchObject({ tasks: [], deleted_ids: [gone.id] });
});

it('leaves the schema as the migrations make it, triggers and all', async () => {
  const fresh = await createTestDatabase();
  const [made, brought] = [await schemaOf(fresh.url), await schemaOf(target.url)];
  await fresh.drop();
  expect(brought).toEqual(made);
});

it('writes a file that nobody else can read, and that zstd can', async () => {
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const { output } = await command('backup', '', 'verify', path);
  expect(output).toMatch(/^whole: \d+ rows of \d+ tables\nmade \S+Z from PostgreSQL \d+\S*, schema \d{14}-\S+\n$/);
});
