import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { signToken } from '../../src/auth/sign-token.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { subscribe } from './support/subscribers.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
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
