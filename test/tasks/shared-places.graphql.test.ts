import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { defaultRank } from '../../src/tasks/task.rank.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type Asking, asking } from './support/operations.ts';

let app: TestApp;
let database: Client;
let user: string;
let own: Asking;

beforeAll(async () => {
  app = await startTestApp();
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await app.close();
});
beforeEach(() => {
  user = newUser();
  own = asking(app, user);
});

const BY_POSITION = { first: 100, orderBy: [{ field: 'POSITION', direction: 'ASC' }] };

async function places(): Promise<{ id: string; title: string; position: string }[]> {
  return (await own.ask('tasks', BY_POSITION)).nodes;
}

const WAITING = `
  select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;

/** A transaction sees them as they were when it looked first. */
async function waiting(): Promise<number> {
  await database.query('select pg_stat_clear_snapshot()');
  return (await database.query(WAITING)).rows[0].count;
}

const titles = async () => (await places()).map(({ title }) => title).join('');

describe('tasks that a file has put to one place', () => {
  const AT = '2026-01-01T00:00:00.000Z';

  beforeEach(async () => {
    // The place of the last one follows from what it is, and the others were put there before it came.
    const last = randomUUID();
    const position = defaultRank(Date.parse(AT), last);
    await storeTasks(
      app.databaseUrl,
      user,
      'abcd'.split('').map((title) => ({ title, rank: position })),
    );
    const line = { type: 'task', id: last, title: 'e', completed: false, created_at: AT };
    const { status } = await app.rest(user, 'POST', '/api/tasks/import', JSON.stringify(line), {
      'content-type': 'application/x-ndjson',
    });
    expect(status).toBe(200);
  });

  it('can be moved beside each of them, which gives each a place of its own', async () => {
    const order = await places();
    expect(new Set(order.map(({ position }) => position)).size).toBe(1);
    const [first, second, third, fourth, fifth] = order;
    await own.ask('moveTask', { id: fifth!.id, after: second!.id });
    expect(await titles()).toBe([first, second, fifth, third, fourth].map((task) => task!.title).join(''));
    await own.ask('moveTask', { id: first!.id, before: fourth!.id });
    expect(await titles()).toBe([second, fifth, third, first, fourth].map((task) => task!.title).join(''));
    await own.ask('moveTask', { id: fourth!.id, after: third!.id });
    expect(await titles()).toBe([second, fifth, third, fourth, first].map((task) => task!.title).join(''));
  });
});

describe('a task that comes back from the trash', () => {
  it('waits for a move to where it stood', async () => {
    const [a, , back, moved] = await storeTasks(
      app.databaseUrl,
      user,
      'abcd'.split('').map((title) => ({ title })),
    );
    await own.ask('moveTask', { id: back, after: a });
    await own.ask('deleteTask', { id: back });
    // Holds the move between what it has read and what it writes.
    await database.query('begin');
    await database.query('select from users where id = $1 for no key update', [user]);
    const both = [own.ask('moveTask', { id: moved, after: a }), own.ask('restoreTask', { id: back })];
    await eventually('both wait', async () => (await waiting()) === 2);
    await database.query('commit');
    await Promise.all(both);
    const order = await places();
    expect(new Set(order.map(({ position }) => position)).size).toBe(4);
    expect(order[0]!.title).toBe('a');
    expect(order[3]!.title).toBe('b');
  });
});
