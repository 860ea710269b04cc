import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { becomes, gauge } from './support/gauges.ts';
import {
  connected,
  initOf,
  openSocket,
  type RawSocket,
  refusedHandshake,
  subscribeMessage,
} from './support/raw-socket.ts';

/** A hundredth: six documents, or one failure, a minute. */
const SCALE = '0.01';
const FORGED = {
  type: 'connection_init',
  payload: { Authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.forged' },
};

let app: TestApp;
let strict: TestApp;
beforeAll(async () => {
  app = await startTestApp({ environment: { RATE_LIMIT_SCALE: SCALE, TRUST_PROXY_HOPS: '1' } });
  strict = await startTestApp({ beside: app, environment: { PERSISTED_ONLY: 'true' } });
});
afterAll(async () => {
  await strict.close();
  await app.close();
});

describe('the limits of requests hold over a WebSocket', () => {
  it('for failed authentication of an address, and a good token still gets in', async () => {
    const headers = { 'x-forwarded-for': '1.1.1.1' };
    const codes: number[] = [];
    for (let times = 0; times < 3; times++) {
      const socket = await openSocket(app, { headers });
      socket.send(FORGED);
      codes.push((await socket.closed).code);
    }
    expect(codes).toEqual([4401, 4429, 4429]);
    await becomes(() => gauge(app, 'authentication_failures_total{reason="invalid_token"}'), 1);
    await becomes(() => gauge(app, 'rate_limit_hits_total{limit="failed_authentication"}'), 2);
    (await connected(app, newUser(), { headers })).socket.terminate();
  });

  it('for documents that are new, the same one that is not valid each time', async () => {
    const socket = await connected(app, newUser());
    const codes: string[] = [];
    for (let id = 0; id < 8; id++) {
      socket.send(subscribeMessage(String(id), 'subscription { taskChanged { secret } }'));
      codes.push((await socket.next()).payload[0].extensions.code);
    }
    expect(codes).toEqual([...Array(6).fill('BAD_USER_INPUT'), 'RATE_LIMITED', 'RATE_LIMITED']);
    socket.socket.terminate();
  });

  it('for operations where only registered ones are accepted', async () => {
    const socket = await connected(strict, newUser());
    socket.send(subscribeMessage('1', 'subscription Unknown { taskChanged { type } }'));
    expect(await socket.next()).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    socket.socket.terminate();
  });

  it('for connections of an address that do not say who they are, of which a place is free once one does', async () => {
    const headers = { 'x-forwarded-for': '2.2.2.2' };
    const silent: RawSocket[] = [];
    for (let batch = 0; batch < 8; batch++) {
      silent.push(...(await Promise.all(Array.from({ length: 25 }, () => openSocket(app, { headers })))));
    }
    const { status, body } = await refusedHandshake(app, { headers });
    expect(status).toBe(429);
    expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', limit: 200 } }] });
    (await connected(app, newUser(), { headers: { 'x-forwarded-for': '2.2.2.3' } })).socket.terminate();
    silent.at(-1)!.send(initOf(await app.token(newUser())));
    expect(await silent.at(-1)!.next()).toMatchObject({ type: 'connection_ack' });
    (await connected(app, newUser(), { headers })).socket.terminate();
    for (const { socket } of silent) socket.terminate();
  });
});
