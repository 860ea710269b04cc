import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTaskStore } from '../../src/tasks/task.store.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';

/** Answers to lists that are sent as they were kept, on two instances that share nothing but the database. */

const LIST = 'query List($first: Int) { tasks(first: $first) { totalCount nodes { id title completed version } } }';

let database: OpenTestDatabase;
let app: TestApp;
let other: TestApp;
let owner: Client;
let user: string;
let ids: string[];

beforeAll(async () => {
  app = await startTestApp({ environment: { RATE_LIMIT_SCALE: '1000' } });
  other = await startTestApp({ beside: app });
  owner = new Client({ connectionString: app.databaseUrl });
  await owner.connect();
  database = await openTestDatabase();
});
afterAll(async () => {
  await Promise.all([other.close(), owner.end(), database.close()]);
  await app.close();
});
beforeEach(async () => {
  user = newUser();
  ids = await storeTasks(app.databaseUrl, user, [{ title: 'one' }, { title: 'two' }]);
});

async function titles(target = app, who = user, variables = {}): Promise<string[]> {
  const { data, errors } = await target.graphql(who, LIST, variables);
  expect(errors).toEqual([]);
  return data.tasks.nodes.map(({ title }: { title: string }) => title).sort();
}

/** So often that its answer is kept. */
async function keep(target = app): Promise<void> {
  for (let times = 0; times < 4; times++) expect(await titles(target)).toEqual(['one', 'two']);
}

describe('a list that was asked for before', () => {
  it('costs one statement, which reads no task', async () => {
    const counted = await startTestApp({ overrides: { taskStore: createTaskStore(database) } });
    const somebody = newUser();
    await storeTasks(database.url, somebody, [{ title: 'one' }]);
    for (let times = 0; times < 4; times++) await counted.graphql(somebody, LIST);
    database.statements.length = 0;
    await counted.graphql(somebody, LIST);
    expect(database.statements.map(({ text }) => text)).toEqual([expect.stringMatching(/^select rev .* from users/)]);
    await counted.close();
  });

  it.each<[string, () => Promise<unknown>, string[]]>([
    [
      'a task is created',
      () => app.graphql(user, 'mutation { createTask(input: { title: "new" }) { task { id } } }'),
      ['new', 'one', 'two'],
    ],
    [
      'a task is created over REST',
      () => app.rest(user, 'POST', '/api/tasks', { title: 'new' }),
      ['new', 'one', 'two'],
    ],
    [
      'a task is created on another instance',
      () => other.rest(user, 'POST', '/api/tasks', { title: 'new' }),
      ['new', 'one', 'two'],
    ],
    ['a task is changed', () => app.rest(user, 'PATCH', `/api/tasks/${ids[0]}`, { title: 'uno' }), ['two', 'uno']],
    ['a task is deleted', () => app.rest(user, 'DELETE', `/api/tasks/${ids[0]}`), ['two']],
    [
      'a row is changed by hand',
      () => owner.query(`update tasks set title = 'uno' where id = $1`, [ids[0]]),
      ['two', 'uno'],
    ],
    ['a row is deleted by hand', () => owner.query('delete from tasks where id = $1', [ids[0]]), ['two']],
  ])('shows it at once when %s', async (_name, change, expected) => {
    await keep();
    await change();
    expect(await titles()).toEqual(expected);
    expect(await titles()).toEqual(expected);
  });

  it('shows it at once when the table is emptied by hand', async () => {
    await keep();
    await owner.query('begin; truncate tasks cascade; commit');
    expect(await titles()).toEqual([]);
  });

  it('shows a state that went back to an older revision, as a restored database does', async () => {
    await keep();
    await owner.query('begin');
    await owner.query(`update tasks set title = 'restored' where id = $1`, [ids[0]]);
    await owner.query('update users set rev = 2 where id = $1', [user]);
    await owner.query('commit');
    expect(await titles()).toEqual(['restored', 'two']);
  });

  it('shows a toggle, in whichever API it was asked for', async () => {
    const completed = async () => (await app.rest(user, 'GET', '/api/tasks?completed=true')).body.total;
    for (let times = 0; times < 4; times++) expect(await completed()).toBe(0);
    await app.graphql(user, `mutation { toggleTask(id: "${ids[0]}") { task { completed } } }`);
    expect(await completed()).toBe(1);
  });

  it('is never that of another user', async () => {
    await keep();
    expect(await titles(app, newUser())).toEqual([]);
  });

  it('is answered by its variables', async () => {
    for (let times = 0; times < 4; times++) {
      expect(await titles(app, user, { first: 1 })).toHaveLength(1);
      expect(await titles(app, user, { first: 2 })).toHaveLength(2);
    }
  });

  it('is refused when the token was revoked', async () => {
    await keep();
    await app.graphql(user, 'mutation { revokeTokens { revoked } }');
    expect((await app.graphql(user, LIST)).status).toBe(401);
  });

  it('counts against the limit like any other', async () => {
    const remaining = async () => {
      const { extensions } = await app.graphql(user, LIST);
      return (extensions as { rateLimit: { remaining: number } }).rateLimit.remaining;
    };
    const first = await remaining();
    for (let times = 1; times < 6; times++) expect(await remaining()).toBe(first - times);
  });

  it('is refused over the limit in the form of its field', async () => {
    const strict = await startTestApp({ environment: { RATE_LIMIT_SCALE: '0.01' } });
    const somebody = newUser();
    const answers = [];
    for (let times = 0; times < 7; times++) answers.push(await strict.graphql(somebody, LIST));
    expect(answers.slice(0, 6).every(({ errors }) => errors.length === 0)).toBe(true);
    expect(answers[6]!.errors[0]).toMatchObject({
      path: ['tasks'],
      extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) },
    });
    await strict.close();
  });
});

describe('a client that has an answer already', () => {
  const get = (path: string, headers: Record<string, string>) => app.rest(user, 'GET', path, undefined, headers);
  const QUERY = `/graphql?query=${encodeURIComponent('{ tasks { nodes { title } } }')}`;

  // Apollo Client's GETs have a content type and no content: they were never told so.
  it.each<[string, string, Record<string, string>]>([
    ['over REST', '/api/tasks?limit=5', {}],
    ['over GraphQL by GET', QUERY, {}],
    ['over GraphQL by a GET of Apollo Client', QUERY, { 'content-type': 'application/json' }],
  ])('is told so %s, and sent the new one after a change', async (_name, path, usual) => {
    for (let times = 0; times < 4; times++) await get(path, usual);
    const { headers } = await get(path, usual);
    const tag = headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"[\d-]+"$/);
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(headers.get('vary')).toContain('authorization');

    const same = await get(path, { ...usual, 'if-none-match': `"x", ${tag}` });
    expect([same.status, same.body, same.headers.get('etag')]).toEqual([304, undefined, tag]);

    await app.rest(user, 'POST', '/api/tasks', { title: 'new' });
    const changed = await get(path, { ...usual, 'if-none-match': tag });
    expect(changed.status).toBe(200);
    expect(JSON.stringify(changed.body)).toContain('new');
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  it('is not told so when it has that of another user, written by the same transaction', async () => {
    const [ada, bob] = [newUser(), newUser()];
    await owner.query('insert into users (id) values ($1), ($2)', [ada, bob]);
    const ask = (who: string, headers = {}) => app.rest(who, 'GET', '/api/tasks', undefined, headers);
    for (let times = 0; times < 4; times++) await ask(ada);
    const tag = (await ask(ada)).headers.get('etag') ?? '';
    expect((await ask(ada, { 'if-none-match': tag })).status).toBe(304);
    expect((await ask(bob, { 'if-none-match': tag })).status).toBe(200);
  });

  it('is told nothing of the kind by an operation that shows more than tasks', async () => {
    const path = `/graphql?query=${encodeURIComponent('{ viewer { id } tasks { nodes { title } } }')}`;
    for (let times = 0; times < 5; times++) {
      const { status, headers } = await get(path, { 'if-none-match': '*' });
      expect([status, headers.get('etag')]).toEqual([200, null]);
    }
  });

  it('is answered as ever by a mutation with such a header', async () => {
    const query = 'mutation { createTask(input: { title: "x" }) { task { id } } }';
    const made = new Set<string>();
    for (let times = 0; times < 5; times++) made.add((await app.graphql(user, query)).data.createTask.task.id);
    expect(made.size).toBe(5);
  });
});
