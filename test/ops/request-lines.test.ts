import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/core/logger.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { rawRequest } from '../support/raw-request.ts';

const INFO = 30;
const WARN = 40;

interface Line extends Record<string, unknown> {
  level: number;
  msg: string;
}

const opened: TestApp[] = [];
let lines: Line[] = [];
const requests = () => lines.filter(({ msg }) => msg.endsWith('request'));

async function start(
  level: string,
  environment: Record<string, string> = {},
  overrides: TestAppOptions['overrides'] = {},
) {
  const logger = createLogger({ level, format: 'json' }, { write: (line) => void lines.push(JSON.parse(line)) });
  const patient = { SLOW_REQUEST_MS: '600000', ...environment };
  const app = await startTestApp({ environment: patient, overrides: { logger, ...overrides } });
  opened.push(app);
  return app;
}

/** The line is written when the answer is on its way, so that its client may be the faster one. */
async function lineOf(requestId: string | null): Promise<Line> {
  for (;;) {
    const line = requests().find((one) => one.requestId === requestId);
    if (line) return line;
    await new Promise(setImmediate);
  }
}

let app: TestApp;
beforeAll(async () => {
  app = await start('info');
});
afterAll(() => Promise.all(opened.map((one) => one.close())));
afterEach(() => {
  lines = [];
});

describe('the line of a request', () => {
  it('tells of an operation that is answered, once and without what it says', async () => {
    const user = newUser();
    const { headers } = await app.graphql(user, 'query Mine { viewer { id } }');
    expect(await lineOf(headers.get('x-request-id'))).toEqual({
      level: INFO,
      time: expect.any(Number),
      requestId: headers.get('x-request-id'),
      method: 'POST',
      path: '/graphql',
      operation: 'Mine',
      userId: user,
      status: 200,
      milliseconds: expect.any(Number),
      msg: 'request',
    });
    expect(requests()).toHaveLength(1);
  });

  it('names the route of REST and leaves the query out', async () => {
    const user = newUser();
    const { headers } = await app.rest(user, 'GET', '/api/tasks?search=secret');
    const line = await lineOf(headers.get('x-request-id'));
    expect(line).toMatchObject({ level: INFO, path: '/api/tasks', operation: 'listTasks', userId: user, status: 200 });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it.each([
    ['a task that does not exist', 'ann', '/api/tasks/019bde2e-0000-7000-8000-000000000001', { code: 'NOT_FOUND' }],
    ['no token', undefined, '/api/tasks', { code: 'UNAUTHENTICATED', reason: 'missing_token' }],
  ])('has the code of the error: %s', async (_title, user, path, told) => {
    const { headers } = await app.rest(user, 'GET', path);
    expect(await lineOf(headers.get('x-request-id'))).toMatchObject({ level: INFO, ...told });
  });

  it('is a warning where the server is at fault, also where GraphQL answers 200', async () => {
    const wait = () => Promise.reject(new Error('nobody thought of this'));
    const faulty = await start('info', {}, { wait });
    const { status, headers } = await faulty.graphql(newUser(), 'mutation End { revokeTokens { revoked } }');
    const line = await lineOf(headers.get('x-request-id'));
    expect({ status, line }).toMatchObject({
      status: 200,
      line: { level: WARN, operation: 'End', code: 'INTERNAL_SERVER_ERROR' },
    });
  });

  it('is a warning where it took long, with what the server was busy with', async () => {
    const slow = await start('warn', { SLOW_REQUEST_MS: '1' });
    const { headers } = await slow.rest(newUser(), 'POST', '/api/tasks', { title: 'a' });
    expect(await lineOf(headers.get('x-request-id'))).toMatchObject({
      level: WARN,
      msg: 'slow request',
      load: { requestsInProgress: expect.any(Number), waitingForConnections: 0 },
    });
  });

  it('is not there for health and metrics, nor for anything where LOG_REQUESTS is false', async () => {
    const quiet = await start('info', { LOG_REQUESTS: 'false' });
    await quiet.rest(newUser(), 'GET', '/api/tasks');
    await app.rest(undefined, 'GET', '/health/live');
    await app.rest(undefined, 'GET', '/health/ready');
    await (await fetch(`${app.url}/metrics`)).text();
    const { headers } = await app.rest(newUser(), 'GET', '/api/tasks');
    await lineOf(headers.get('x-request-id'));
    expect(requests()).toHaveLength(1);
  });

  it('is one line with printable characters, whatever the request is made of', async () => {
    const name = 'x'.repeat(5000);
    await app.graphql(newUser(), `query ${name} { viewer { id } }`);
    await rawRequest(app.url, ['GET /api/tasks/%0d%0a%1b[31mforged HTTP/1.1', 'x-request-id: a"forged']);
    await rawRequest(app.url, [`GET /${'y'.repeat(5000)} HTTP/1.1`]);
    await rawRequest(app.url, ['GET /api/auth/reset-password/a-token-in-the-path HTTP/1.1']);
    for (const line of requests()) {
      const text = JSON.stringify(line);
      expect(text).toMatch(/^[\x20-\x7e…]*$/);
      expect(text.length).toBeLessThan(600);
      expect(text).not.toMatch(/a-token-in|\\"forged/);
    }
    expect(requests()).toHaveLength(4);
  });

  it('says when the client was gone before its answer', async () => {
    const entered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const wait = () => {
      entered.resolve();
      return gate.promise;
    };
    const waiting = await start('info', {}, { wait });
    const client = new AbortController();
    const answer = fetch(`${waiting.url}/api/auth/revoke`, {
      method: 'POST',
      headers: { ...(await waiting.credentials(newUser())), 'x-request-id': 'gone' },
      signal: client.signal,
    }).catch(() => {});
    await entered.promise;
    client.abort();
    await answer;
    expect(await lineOf('gone')).toMatchObject({ aborted: true, operation: 'revokeTokens' });
    gate.resolve();
  });
});
