import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { type Subscriber, subscribe, TRANSPORTS } from './support/subscribers.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const create = async (user: string, title: string): Promise<string> =>
  (await app.rest(user, 'POST', '/api/tasks', { title })).body.id;

/** The token of now. */
const tokenOf = async (user: string): Promise<string> =>
  (await app.graphql(user, '{ taskSync { syncToken } }')).data.taskSync.syncToken;

describe.each(TRANSPORTS)('a subscription over %s', (transport) => {
  const open: Subscriber[] = [];
  afterAll(() => {
    for (const subscriber of open) subscriber.stop();
  });
  async function follow(user: string, since?: string): Promise<Subscriber> {
    const subscriber = await subscribe(app, user, { transport, since });
    open.push(subscriber);
    return subscriber;
  }

  it('tells of a task that is created, changed and deleted, each time once', async () => {
    const user = newUser();
    const subscriber = await follow(user, await tokenOf(user));
    const id = await create(user, 'milk');
    expect(await subscriber.next()).toMatchObject({ type: 'CREATED', task: { id, title: 'milk', version: 1 } });
    await app.rest(user, 'PATCH', `/api/tasks/${id}/toggle`);
    expect(await subscriber.next()).toMatchObject({ type: 'UPDATED', task: { id, completed: true, version: 2 } });
    await app.rest(user, 'DELETE', `/api/tasks/${id}`);
    expect(await subscriber.next()).toMatchObject({ type: 'DELETED', task: null, deletedTaskId: id });
    expect(subscriber.changes).toHaveLength(3);
  });
});
