import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { startChaosProxy } from '../support/chaos-proxy.ts';
import { newUser, taskInput } from '../support/factories.ts';

/** What REST adds to the cases of the contract, and what only the table of keys shows. */

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const withKey = (key: string) => ({ 'idempotency-key': key });

function create(user: string, key: string, input: object) {
  return app.rest(user, 'POST', '/api/tasks', input, withKey(key));
}

async function total(user: string): Promise<number> {
  return (await app.rest(user, 'GET', '/api/tasks')).body.total;
}

const replayed = (answers: readonly { headers: Headers }[]) =>
  answers.map(({ headers }) => headers.get('idempotency-replayed'));

describe('an answer that is given again', () => {
  it('has status, Location and ETag of the first time, and says that it is one', async () => {
    const user = newUser();
    const [key, input] = [randomUUID(), taskInput()];
    const first = await create(user, key, input);
    const path = `/api/tasks/${first.body.id}`;
    await app.rest(user, 'PATCH', path, { title: 'Changed since' });
    const second = await create(user, key, input);
    expect({ status: second.status, body: second.body }).toEqual({ status: 201, body: first.body });
    for (const name of ['location', 'etag']) expect(second.headers.get(name)).toBe(first.headers.get(name));
    expect(replayed([first, second])).toEqual([null, 'true']);
  });

  it('is the same 204 for a deletion, though the task is gone', async () => {
    const user = newUser();
    const { body } = await app.rest(user, 'POST', '/api/tasks', taskInput());
    const remove = (key: string) => app.rest(user, 'DELETE', `/api/tasks/${body.id}`, undefined, withKey(key));
    const answers = [await remove('once'), await remove('once'), await remove('another')];
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 404]);
    expect(replayed(answers)).toEqual([null, 'true', null]);
  });

  it('goes by what PUT and PATCH mean, If-Match and a version in the body alike', async () => {
    const user = newUser();
    const { body } = await app.rest(user, 'POST', '/api/tasks', taskInput());
    const path = `/api/tasks/${body.id}`;
    const first = await app.rest(user, 'PUT', path, { title: 'New' }, { ...withKey('k'), 'if-match': '"1"' });
    const second = await app.rest(user, 'PATCH', path, { title: 'New', version: 1 }, withKey('k'));
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
  });

  it('is given to those alone of 20 at once that did not do the work', async () => {
    const user = newUser();
    const [key, input] = [randomUUID(), taskInput()];
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(user, key, input)));
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect(replayed(answers).filter((header) => header === null)).toHaveLength(1);
  });

  it('reaches the client whose first one got lost on the way', async () => {
    const user = newUser();
    await total(user);
    const proxy = await startChaosProxy(app.url);
    proxy.cutOn('POST /api/tasks', 'unanswered');
    const send = (url: string) =>
      fetch(`${url}/api/tasks`, {
        method: 'POST',
        headers: { ...withKey('lost'), ...authorized, 'content-type': 'application/json' },
        body: JSON.stringify({ title: 'Once' }),
      });
    const authorized = await app.credentials(user);
    await expect(send(proxy.through(app.url).replace(/\/$/, ''))).rejects.toThrow('fetch failed');
    await proxy.close();
    const second = await send(app.url);
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await total(user)).toBe(1);
  });
});

describe('a key that stands for another request', () => {
  it('is a 409 without a version, though the request has If-Match', async () => {
    const user = newUser();
    const { body } = await create(user, 'k', taskInput());
    const headers = { ...withKey('k'), 'if-match': '"1"' };
    for (const method of ['PUT', 'DELETE']) {
      const input = method === 'PUT' ? { title: 'x' } : undefined;
      const answer = await app.rest(user, method, `/api/tasks/${body.id}`, input, headers);
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
      expect(answer.body.version).toBeUndefined();
    }
  });

  it('leaves If-Match its 412', async () => {
    const user = newUser();
    const { body } = await app.rest(user, 'POST', '/api/tasks', taskInput());
    const stale = { ...withKey('k'), 'if-match': '"7"' };
    expect(await app.rest(user, 'PUT', `/api/tasks/${body.id}`, { title: 'x' }, stale)).toMatchObject({
      status: 412,
      body: { version: 1 },
    });
  });
});

it('refuses a key that has more than ASCII', async () => {
  const user = newUser();
  const { status, body } = await create(user, 'ümlaut', taskInput());
  expect({ status, fields: body.fields }).toMatchObject({ status: 400, fields: [{ field: 'Idempotency-Key' }] });
});

describe('a key of 24 hours ago', () => {
  const age = (user: string, hours: number) =>
    app.owner('update idempotency_keys set created_at = now() - make_interval(hours => $2) where user_id = $1', [
      user,
      hours,
    ]);

  it('is free for any request, whose answer it stands for from then on', async () => {
    const user = newUser();
    const first = await create(user, 'k', { title: 'First' });
    await age(user, 25);
    const second = await create(user, 'k', { title: 'Second' });
    const third = await create(user, 'k', { title: 'Second' });
    expect([second.status, third.body]).toEqual([201, second.body]);
    expect(second.body.id).not.toBe(first.body.id);
    expect(replayed([second, third])).toEqual([null, 'true']);
  });

  it('is still remembered before', async () => {
    const user = newUser();
    const first = await create(user, 'k', { title: 'First' });
    await age(user, 23);
    expect((await create(user, 'k', { title: 'First' })).body).toEqual(first.body);
  });

  it('is removed with its answer after the next request with a key, of whomever', async () => {
    const other = await startTestApp({ beside: app });
    const gone = newUser();
    await create(gone, 'k', { title: 'Nobody asks again' });
    await age(gone, 25);
    await other.rest(newUser(), 'POST', '/api/tasks', taskInput(), withKey('k'));
    const count = 'select count(*)::int as count from idempotency_keys where user_id = $1';
    while ((await app.owner(count, [gone]))[0].count > 0);
    await other.close();
  });
});

describe('a key that the version before has bound to the id of a task', () => {
  const input = { title: 'From before', description: null, completed: false };
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([null, input]))
    .digest('base64url');
  const bind = (user: string, taskId: string) =>
    app.owner('insert into idempotency_keys (user_id, key, fingerprint, task_id) values ($1, $2, $3, $4)', [
      ...[user, 'k', fingerprint, taskId],
    ]);

  it.each([true, false])('stands for that task, made already: %s', async (isMade) => {
    const [user, id] = [newUser(), randomUUID()];
    if (isMade) await app.rest(user, 'POST', '/api/tasks', { ...input, id });
    else await total(user);
    await bind(user, id);
    for (const header of [null, 'true']) {
      const answer = await create(user, 'k', { title: 'From before' });
      expect({ status: answer.status, id: answer.body.id }).toEqual({ status: 201, id });
      expect(answer.headers.get('idempotency-replayed')).toBe(header);
    }
    expect((await create(user, 'k', { title: 'Other' })).status).toBe(409);
    expect(await total(user)).toBe(1);
  });

  it('is how it finds a key of this version as well', async () => {
    const user = newUser();
    const { body } = await create(user, 'k', input);
    const rows = await app.owner('select fingerprint, task_id from idempotency_keys where user_id = $1', [user]);
    expect(rows).toEqual([{ fingerprint, task_id: body.id }]);
  });
});

it('keeps no answer of a user who is erased at the same time, though nothing of the task is written', async () => {
  const user = newUser();
  const { body } = await app.rest(user, 'POST', '/api/tasks', taskInput());
  const path = `/api/tasks/${body.id}`;
  const changes = Array.from({ length: 20 }, (_, index) => app.rest(user, 'PATCH', path, {}, withKey(`k${index}`)));
  const [erased, ...changed] = await Promise.all([app.rest(user, 'DELETE', '/api/auth/me'), ...changes]);
  expect(erased.status).toBe(204);
  expect(changed.map(({ status }) => status).filter((status) => ![200, 401, 404].includes(status))).toEqual([]);
  const rows = await app.owner('select * from idempotency_keys where user_id = $1', [user]);
  expect(rows).toEqual([]);
});
