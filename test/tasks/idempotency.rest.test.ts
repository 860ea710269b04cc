import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, taskInput } from '../support/factories.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

afterAll(() => app.close());

function create(user: string, key: string, input: Record<string, unknown>) {
  return app.rest(user, 'POST', '/api/tasks', input, { 'idempotency-key': key });
}

async function total(user: string): Promise<number> {
  return (await app.rest(user, 'GET', '/api/tasks')).body.total;
}

describe('a creation with an Idempotency-Key', () => {
  it('answers the same when it is sent again', async () => {
    const user = newUser();
    const [key, input] = [randomUUID(), { title: 'Once', description: 'Only', completed: true }];
    const first = await create(user, key, input);
    const second = await create(user, key, input);
    expect(first.status).toBe(201);
    expect({ status: second.status, body: second.body }).toEqual({ status: 201, body: first.body });
    for (const name of ['location', 'etag']) expect(second.headers.get(name)).toBe(first.headers.get(name));
    expect(await total(user)).toBe(1);
  });

  it('makes one task when it is sent 20 times at once', async () => {
    const user = newUser();
    const [key, input] = [randomUUID(), taskInput()];
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(user, key, { ...input })));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(await total(user)).toBe(1);
  });

  it('answers the task as it is now when it was changed since', async () => {
    const user = newUser();
    const [key, input] = [randomUUID(), taskInput()];
    const { body } = await create(user, key, { ...input });
    const { body: changed } = await app.rest(user, 'PATCH', `/api/tasks/${body.id}`, { title: 'New' });
    expect(await create(user, key, { ...input })).toMatchObject({ status: 201, body: changed });
    expect(await total(user)).toBe(1);
  });

  it('does not bring a task back that was deleted since', async () => {
    const user = newUser();
    const [key, input] = [randomUUID(), taskInput()];
    const { body } = await create(user, key, { ...input });
    await app.rest(user, 'DELETE', `/api/tasks/${body.id}`);
    expect(await create(user, key, { ...input })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect(await total(user)).toBe(0);
  });

  it('takes input that means the same for the same', async () => {
    const user = newUser();
    const key = randomUUID();
    const { body } = await create(user, key, { title: 'Same', description: null, completed: false });
    expect((await create(user, key, { title: '  Same\u0007 ' })).body).toEqual(body);
  });

  it.each([
    { title: 'Other' },
    { description: 'Other' },
    { completed: true },
    { id: '01890a5d-ac96-774b-bcce-b302099a8057' },
  ])('conflicts when %j is not as it was', async (other) => {
    const user = newUser();
    const key = randomUUID();
    const input = { title: 'First', description: 'First', completed: false };
    await create(user, key, input);
    expect(await create(user, key, { ...input, ...other })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect(await total(user)).toBe(1);
  });

  it("has nothing to do with another user's creation under the same key", async () => {
    const [user, other] = [newUser(), newUser()];
    const [key, input] = [randomUUID(), taskInput()];
    const { body } = await create(user, key, { ...input });
    const second = await create(other, key, { ...input });
    expect(second.status).toBe(201);
    expect(second.body.id).not.toBe(body.id);
    expect(await create(other, key, { title: 'Other' })).toMatchObject({ status: 409 });
    expect([await total(user), await total(other)]).toEqual([1, 1]);
  });

  it('leaves the key free when the input was refused', async () => {
    const user = newUser();
    const key = randomUUID();
    expect((await create(user, key, { title: '' })).status).toBe(400);
    expect((await create(user, key, { title: 'Good' })).status).toBe(201);
  });

  it('keeps an id that the client made', async () => {
    const user = newUser();
    const [key, id] = [randomUUID(), randomUUID()];
    for (let tries = 0; tries < 2; tries++) {
      expect(await create(user, key, { title: 'Mine', id })).toMatchObject({ status: 201, body: { id } });
    }
    expect(await create(user, randomUUID(), { title: 'Other', id })).toMatchObject({ status: 409 });
  });

  it('makes two tasks under two keys', async () => {
    const user = newUser();
    const input = taskInput();
    for (const key of ['a', 'A', 'x'.repeat(255)]) expect((await create(user, key, { ...input })).status).toBe(201);
    expect(await total(user)).toBe(3);
  });

  it.each(['x'.repeat(256), 'with space', 'ümlaut', ''])('refuses the key %j', async (key) => {
    const user = newUser();
    const { status, body } = await create(user, key, taskInput() as never);
    expect({ status, fields: body.fields?.map((fault: { field: string }) => fault.field) }).toEqual({
      status: 400,
      fields: ['Idempotency-Key'],
    });
    expect(await total(user)).toBe(0);
  });
});
