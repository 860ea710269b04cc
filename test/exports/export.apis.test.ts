import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceUnavailableError } from '../../src/core/errors.ts';
import { createLogger } from '../../src/core/logger.ts';
import { withOwner } from '../backup/support.ts';
import { keptLines } from '../ops/support/kept-lines.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { createMemoryStores } from '../support/memory-stores.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

type Line = { type: string } & Record<string, unknown>;

const linesOf = (ndjson: string): Line[] =>
  ndjson
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

async function exported(user: string): Promise<Response> {
  return fetch(`${app.url}/api/auth/me/export`, { headers: await app.credentials(user) });
}

async function piecesOf(user: string): Promise<string[]> {
  const pieces: string[] = [];
  let after: string | null = null;
  do {
    const query = 'query Export($after: String) { exportMyData(after: $after) { ndjson endCursor } }';
    const { data } = await app.graphql(user, query, { after });
    pieces.push(data.exportMyData.ndjson);
    after = data.exportMyData.endCursor;
  } while (after !== null);
  return pieces;
}

async function send(user: string, body: string, type = 'application/x-ndjson') {
  return app.rest(user, 'POST', '/api/tasks/import', body, { 'content-type': type });
}

/** As if the database had been lost. */
async function forget(user: string): Promise<void> {
  await withOwner(app.databaseUrl, (client) => client.query('delete from tasks where user_id = $1', [user]));
}

describe('an export', () => {
  it('has everything of the user, oldest first, and counts it', async () => {
    const user = newUser();
    const times = Array.from({ length: 250 }, (_, index) => new Date(Date.UTC(2020, 0, 1) + index).toISOString());
    await storeTasks(
      app.databaseUrl,
      user,
      times.map((createdAt) => ({ createdAt })),
    );
    const response = await exported(user);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="premium-todo.ndjson"');
    const lines = linesOf(await response.text());
    const of = (type: string) => lines.filter((line) => line.type === type);
    expect(lines[0]).toEqual({ type: 'export', version: 1, exported_at: expect.any(String) });
    expect(lines[1]).toMatchObject({ type: 'user', id: user });
    expect(of('task').map((task) => task.created_at)).toEqual(times);
    expect(lines.at(-1)).toEqual({ type: 'end', tasks: 250, security_events: of('security_event').length });
    expect(lines).toHaveLength(3 + 250 + of('security_event').length);
  });

  it.each<[string, Error, string]>([
    ['by the database', new ServiceUnavailableError('The database is not available'), 'SERVICE_UNAVAILABLE'],
    ['by a bug', new TypeError('nobody expected this'), 'INTERNAL_SERVER_ERROR'],
  ])('that is cut off %s has no last line, and the log says why', async (_by, error, code) => {
    const { log, line, destination } = keptLines();
    const { taskStore, userStore, auditStore } = createMemoryStores();
    const failing = { ...auditStore, slice: () => Promise.reject(error) };
    const cut = await startTestApp({
      overrides: {
        ...{ taskStore, userStore, auditStore: failing },
        logger: createLogger({ level: 'info', format: 'json' }, destination),
      },
    });
    const { status, body } = await fetch(`${cut.url}/api/auth/me/export`, { headers: await cut.credentials('ann') });
    expect(status).toBe(200);
    await expect(text(body!)).rejects.toThrow('terminated');
    expect(await line('request')).toMatchObject({ level: 40, code, aborted: true });
    const faults = log.filter(({ msg }) => msg === 'request failed');
    expect(faults).toEqual(
      code === 'INTERNAL_SERVER_ERROR'
        ? [expect.objectContaining({ level: 50, err: expect.objectContaining({ message: 'nobody expected this' }) })]
        : [],
    );
    await cut.close();
  });

  it('is the same in pieces over GraphQL', async () => {
    const user = newUser();
    await storeTasks(app.databaseUrl, user, Array(201).fill({}));
    const pieces = await piecesOf(user);
    expect(pieces.length).toBeGreaterThan(2);
    const [fromGraphQL, fromRest] = [linesOf(pieces.join('')), linesOf(await (await exported(user)).text())];
    expect(fromGraphQL.slice(1)).toEqual(fromRest.slice(1));
  });

  it('has nothing of anybody else, also behind a place that somebody else was told', async () => {
    const [alice, bob] = [newUser('alice'), newUser('bob')];
    await storeTasks(app.databaseUrl, alice, Array(150).fill({ title: 'of alice' }));
    await storeTasks(app.databaseUrl, bob, [{ title: 'of bob' }]);
    const query = 'query Export($after: String) { exportMyData(after: $after) { ndjson endCursor } }';
    const { data } = await app.graphql(alice, query);
    const others = await app.graphql(bob, query, { after: data.exportMyData.endCursor });
    expect(others.data.exportMyData.ndjson).not.toContain('of alice');
    expect(await (await exported(bob)).text()).not.toContain('alice');
  });

  it('refuses a place that is none', async () => {
    const { errors } = await app.graphql(newUser(), '{ exportMyData(after: "x") { ndjson } }');
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'after' }] });
  });
});

describe('an import', () => {
  it('brings the tasks of an export back as they were, and nothing twice', async () => {
    const user = newUser();
    await storeTasks(app.databaseUrl, user, [
      { title: 'open', description: 'line\nline "quoted" 👩‍👩‍👧' },
      {
        title: 'done',
        completed: true,
        createdAt: '2001-01-01T00:00:00.000Z',
        completedAt: '2002-02-02T00:00:00.002Z',
      },
    ]);
    const file = await (await exported(user)).text();
    const before = linesOf(file).filter(({ type }) => type === 'task');
    await forget(user);
    expect((await send(user, file)).body).toEqual({ added: 2, known: 0, dry_run: false, faults: [] });
    const after = linesOf(await (await exported(user)).text()).filter(({ type }) => type === 'task');
    const lasting = ({ updated_at, version, ...task }: Line) => task;
    expect(after.map(lasting)).toEqual(before.map(lasting));
    expect((await send(user, file)).body).toEqual({ added: 0, known: 2, dry_run: false, faults: [] });
  });

  it('leaves tasks alone that were changed or deleted since', async () => {
    const user = newUser();
    const [changed, deleted] = await storeTasks(app.databaseUrl, user, [{ title: 'a' }, { title: 'b' }]);
    const file = await (await exported(user)).text();
    await app.rest(user, 'PUT', `/api/tasks/${changed}`, { title: 'changed' });
    await app.rest(user, 'DELETE', `/api/tasks/${deleted}`);
    expect((await send(user, file)).body).toEqual({ added: 0, known: 2, dry_run: false, faults: [] });
    expect((await app.rest(user, 'GET', '/api/tasks')).body.items).toMatchObject([{ title: 'changed' }]);
  });

  it('takes no task of somebody else, says which lines those are, and adds nothing', async () => {
    const [alice, bob] = [newUser('alice'), newUser('bob')];
    await storeTasks(app.databaseUrl, alice, [{ title: 'of alice' }]);
    const [first, user, theirs] = (await (await exported(alice)).text()).split('\n');
    const own = JSON.stringify({ ...JSON.parse(theirs ?? ''), id: '01890a5d-ac96-774b-bcce-b302099a8057' });
    const { status, body } = await send(bob, [first, user, own, theirs].join('\n'));
    expect({ status, detail: body.detail }).toEqual({
      status: 409,
      detail: 'The ids of these lines are in use by somebody else: 4',
    });
    expect((await app.rest(bob, 'GET', '/api/tasks')).body.total).toBe(0);
    expect((await app.rest(alice, 'GET', '/api/tasks')).body.items).toMatchObject([{ title: 'of alice', version: 1 }]);
  });

  it('names every fault by its line and adds nothing', async () => {
    const user = newUser();
    const task = { type: 'task', id: '01890a5d-ac96-774b-bcce-b302099a8058', title: 'x', completed: false };
    const good = { ...task, created_at: '2026-01-01T00:00:00.000Z' };
    const lines = [good, { ...good, title: ' ' }, task, { type: 'other' }, good, { type: 'export', version: 2 }, []];
    const { status, body } = await send(user, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{`);
    expect(status).toBe(400);
    expect(body.fields.map(({ field }: { field: string }) => field)).toEqual([
      'line 2',
      'line 3',
      'line 4',
      'line 6',
      'line 7',
      'line 8',
      'line 5',
    ]);
    expect((await app.rest(user, 'GET', '/api/tasks')).body.total).toBe(0);
  });

  it('takes a thousand tasks at once and no more', async () => {
    const user = newUser();
    const lines = Array.from({ length: 1001 }, (_, index) => {
      const id = `01890a5d-ac96-774b-bcce-${index.toString(16).padStart(12, '0')}`;
      return JSON.stringify({ type: 'task', id, title: 'x', completed: false, created_at: '2026-01-01T00:00:00Z' });
    });
    expect((await send(user, lines.join('\n'))).body.detail).toBe('line 1001: there are more than 1000 tasks');
    expect((await send(user, lines.slice(1).join('\n'))).body).toEqual({
      added: 1000,
      known: 0,
      dry_run: false,
      faults: [],
    });
  });

  it.each(['application/json', 'text/plain', 'application/x-ndjson; charset=latin1'])('refuses %s', async (type) => {
    expect((await send(newUser(), '{}', type)).status).toBe(400);
  });
});
