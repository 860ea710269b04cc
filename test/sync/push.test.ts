import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signToken } from '../../src/auth/sign-token.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { type Subscriber, subscribe, TRANSPORTS } from './support/subscribers.ts';

const recorded = createRecordedEvents();
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ overrides: { events: recorded } });
});
afterAll(() => app.close());

const create = async (user: string, title: string): Promise<string> =>
  (await app.rest(user, 'POST', '/api/tasks', { title })).body.id;

/** The token of now. */
const tokenOf = async (user: string): Promise<string> =>
  (await app.graphql(user, '{ taskSync { syncToken } }')).data.taskSync.syncToken;

const shortToken = (userId: string) => signToken({ userId, lifetime: 1 }, TEST_SECRET, systemClock);

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

it('the end of the token ends a WebSocket with 4401', async () => {
  const user = newUser();
  const subscriber = await subscribe(app, user, { token: await shortToken(user) });
  expect(await subscriber.ended).toMatchObject({ code: 4401, reason: 'The token has expired' });
});

it('the end of the token is the last result of an event stream, and names its code', async () => {
  const user = newUser();
  const subscriber = await subscribe(app, user, { transport: 'event stream', token: await shortToken(user) });
  expect(await subscriber.ended).toMatchObject([
    { message: 'The token has expired', extensions: { code: 'UNAUTHENTICATED' } },
  ]);
});

it('the end of the token is no failed authentication, as which hours of streams would look like an attack', async () => {
  for (const transport of ['WebSocket', 'event stream'] as const) {
    const user = newUser();
    const subscriber = await subscribe(app, user, { transport, token: await shortToken(user) });
    await subscriber.ended;
    expect(recorded.events.filter(({ userId }) => userId === user)).toMatchObject([{ event: 'FIRST_SEEN' }]);
  }
});
