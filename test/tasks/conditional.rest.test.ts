import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, taskInput } from '../support/factories.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

afterAll(() => app.close());

async function newTask(user: string, input = {}) {
  const { status, body } = await app.rest(user, 'POST', '/api/tasks', { ...taskInput(), ...input });
  expect(status).toBe(201);
  return { ...body, path: `/api/tasks/${body.id}` };
}

describe('reading on condition', () => {
  it.each(['"1"', 'W/"1"', '*', '"7", "1"', ' "1" '])(
    'answers 304 without a body to If-None-Match: %s',
    async (tag) => {
      const user = newUser();
      const { path } = await newTask(user);
      const { status, headers, body } = await app.rest(user, 'GET', path, undefined, { 'if-none-match': tag });
      expect({ status, body, etag: headers.get('etag') }).toEqual({ status: 304, body: undefined, etag: '"1"' });
      expect(headers.get('x-request-id')).toEqual(expect.any(String));
    },
  );

  it.each(['"2"', '"01"', '1', '""', '"1', 'W/1', 'nonsense'])('answers the task to If-None-Match: %s', async (tag) => {
    const user = newUser();
    const { path, id } = await newTask(user);
    const { status, body } = await app.rest(user, 'GET', path, undefined, { 'if-none-match': tag });
    expect({ status, id: body?.id }).toEqual({ status: 200, id });
  });

  it('answers the task again once it has changed', async () => {
    const user = newUser();
    const { path } = await newTask(user);
    await app.rest(user, 'PATCH', `${path}/toggle`);
    const { status, headers } = await app.rest(user, 'GET', path, undefined, { 'if-none-match': '"1"' });
    expect({ status, etag: headers.get('etag') }).toEqual({ status: 200, etag: '"2"' });
  });

  it('lets nobody but the user keep the answer, and that only while it is asked whether it is current', async () => {
    const user = newUser();
    const { path } = await newTask(user);
    const { headers } = await app.rest(user, 'GET', path);
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect((await app.rest(user, 'GET', '/api/tasks')).headers.get('cache-control')).toBe('no-store');
  });

  it('does not tell a stranger that a version is current', async () => {
    const { path } = await newTask(newUser());
    const { status } = await app.rest(newUser(), 'GET', path, undefined, { 'if-none-match': '*' });
    expect(status).toBe(403);
  });
});

describe('writing on condition', () => {
  it.each(['"1"', '*', '"9", "1"', '"1","2"'])('changes a task with If-Match: %s', async (tag) => {
    const user = newUser();
    const { path } = await newTask(user);
    const { status, body } = await app.rest(user, 'PUT', path, { title: 'New' }, { 'if-match': tag });
    expect({ status, title: body.title }).toEqual({ status: 200, title: 'New' });
  });

  it.each(['"2"', 'W/"1"', '"x"', '""', '"9", "8"', '"1.0"', '"99999999999999"'])(
    'answers 412 with the current version to If-Match: %s',
    async (tag) => {
      const user = newUser();
      const { path } = await newTask(user);
      for (const [method, change] of [
        ['PUT', {}],
        ['PATCH', { title: 'New' }],
        ['DELETE', undefined],
      ] as const) {
        const { status, body } = await app.rest(user, method, path, change, { 'if-match': tag });
        expect({ method, status, code: body.code, version: body.version }).toEqual({
          method,
          status: 412,
          code: 'CONFLICT',
          version: 1,
        });
      }
    },
  );

  it.each(['1', '"1', '1"', '"1" "2"', '', ','])('refuses If-Match: %s, which is no list of tags', async (tag) => {
    const user = newUser();
    const { path } = await newTask(user);
    const { status, body } = await app.rest(user, 'PUT', path, { title: 'New' }, { 'if-match': tag });
    expect({ status, fields: body.fields }).toEqual({
      status: 400,
      fields: [{ field: 'If-Match', message: expect.any(String) }],
    });
  });

  it('changes one of two writers who read the same version', async () => {
    const user = newUser();
    const { path } = await newTask(user);
    const statuses = await Promise.all(
      ['A', 'B'].map(async (title) => (await app.rest(user, 'PATCH', path, { title }, { 'if-match': '"1"' })).status),
    );
    expect(statuses.sort()).toEqual([200, 412]);
  });

  it('answers 403 and 404 before it looks at the condition', async () => {
    const user = newUser();
    const { path } = await newTask(user);
    expect((await app.rest(newUser(), 'PUT', path, {}, { 'if-match': '"7"' })).status).toBe(403);
    await app.rest(user, 'DELETE', path);
    expect((await app.rest(user, 'PUT', path, {}, { 'if-match': '"7"' })).status).toBe(404);
  });
});

describe('PUT', () => {
  it('takes back a whole task as it was read', async () => {
    const user = newUser();
    const { path } = await newTask(user, { description: 'Stays', completed: true });
    const { body: read } = await app.rest(user, 'GET', path);
    const { status, body } = await app.rest(user, 'PUT', path, { ...read, title: 'New' });
    expect({ status, body }).toEqual({
      status: 200,
      body: { ...read, title: 'New', version: 2, updated_at: expect.any(String) },
    });
  });

  it('ignores the fields that only the server writes', async () => {
    const user = newUser();
    const task = await newTask(user);
    const foreign = {
      ...{ id: '01890a5d-ac96-774b-bcce-b302099a8057', created_at: '2000-01-01T00:00:00.000Z' },
      ...{ updated_at: 'x', completed_at: 5, title: 'New' },
    };
    const { status, body } = await app.rest(user, 'PUT', task.path, foreign);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: task.id, created_at: task.created_at, completed_at: null, title: 'New' });
  });

  it('answers 409 with the current version to a whole task of an old version', async () => {
    const user = newUser();
    const { path } = await newTask(user);
    const { body: read } = await app.rest(user, 'GET', path);
    await app.rest(user, 'PATCH', `${path}/toggle`);
    const { status, body } = await app.rest(user, 'PUT', path, { ...read, title: 'New' });
    expect({ status, code: body.code, version: body.version }).toEqual({ status: 409, code: 'CONFLICT', version: 2 });
    expect((await app.rest(user, 'GET', path)).body).toMatchObject({ title: read.title, version: 2 });
  });

  it('refuses a version that is none', async () => {
    const user = newUser();
    const { path } = await newTask(user);
    for (const version of ['1', null, true, {}, 1.5]) {
      const { status, body } = await app.rest(user, 'PUT', path, { title: 'New', version });
      expect({ version, status, code: body.code }).toEqual({ version, status: 400, code: 'BAD_USER_INPUT' });
    }
  });

  it.each(['null', '[]', '"text"', '5', 'true'])('refuses a body that is %s', async (body) => {
    const user = newUser();
    const { path } = await newTask(user);
    for (const method of ['PUT', 'PATCH']) {
      expect(await app.rest(user, method, path, body)).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } });
    }
  });
});

describe('PATCH', () => {
  it.each(['application/merge-patch+json', 'application/json', 'application/merge-patch+json; charset=utf-8'])(
    'takes a merge patch as %s',
    async (type) => {
      const user = newUser();
      const { path } = await newTask(user, { title: 'Old', description: 'Goes' });
      const patch = { title: 'New', description: null };
      const { status, body } = await app.rest(user, 'PATCH', path, patch, { 'content-type': type });
      expect({ status, title: body.title, description: body.description }).toEqual({
        ...{ status: 200, title: 'New', description: null },
      });
    },
  );

  it('refuses a merge patch that is not JSON', async () => {
    const user = newUser();
    const { path } = await newTask(user);
    const { status, body } = await app.rest(user, 'PATCH', path, '{"title":', {
      'content-type': 'application/merge-patch+json',
    });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
  });

  it('refuses a JSON patch, which is another format', async () => {
    const user = newUser();
    const { path } = await newTask(user);
    const patch = [{ op: 'replace', path: '/title', value: 'New' }];
    const { status } = await app.rest(user, 'PATCH', path, patch, { 'content-type': 'application/json-patch+json' });
    expect(status).toBe(400);
  });
});
