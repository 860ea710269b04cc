import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { signToken } from '../../src/auth/sign-token.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { subscribe } from './support/subscribers.ts';

const recorded = createRecordedEvents();
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ overrides: { events: recorded } });
});
afterAll(() => app.close());

const shortToken = (userId: string) => signToken({ userId, lifetime: 1 }, TEST_SECRET, systemClock);

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
