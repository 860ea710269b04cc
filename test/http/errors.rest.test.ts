import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { AppError, ServiceUnavailableError } from '../../src/core/errors.ts';
import type { TaskStore } from '../../src/tasks/task.store.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createMemoryStores } from '../support/memory-stores.ts';

const SECRET = 'password=hunter2 at postgres://db.internal/todo';
const MASKED = 'An unexpected error occurred';

interface Line {
  level: number;
  msg: string;
  requestId?: string;
  err?: { type: string; message: string; stack: string };
}

let lines: Line[] = [];
/** what the task store throws next */
let thrown: unknown;

let app: TestApp;
beforeAll(async () => {
  const stores = createMemoryStores();
  const failing = new Proxy(stores.taskStore, {
    get: () => () => {
      throw thrown;
    },
  }) as TaskStore;
  const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line) as Line) });
  app = await startTestApp({ overrides: { ...stores, taskStore: failing, logger } });
});
afterAll(() => app.close());
afterEach(() => {
  lines = [];
});

/** One request to each API that reaches the store, with all that the client sees of the answer. */
const APIS: [
  string,
  () => Promise<{ status: number; requestId: string | null; code: string; message: string; text: string }>,
][] = [
  [
    'GraphQL',
    async () => {
      const { status, headers, data, errors } = await app.graphql('ann', '{ tasks { totalCount nodes { id } } }');
      const [error] = errors;
      expect(error?.extensions.requestId).toBe(headers.get('x-request-id'));
      const text = JSON.stringify([data, errors, [...headers]]);
      return {
        status,
        requestId: headers.get('x-request-id'),
        code: error?.extensions.code ?? '',
        message: error?.message ?? '',
        text,
      };
    },
  ],
  [
    'REST',
    async () => {
      const { status, headers, body } = await app.rest('ann', 'GET', '/api/tasks');
      expect(body.requestId).toBe(headers.get('x-request-id'));
      const text = JSON.stringify([body, [...headers]]);
      return { status, requestId: headers.get('x-request-id'), code: body.code, message: body.detail, text };
    },
  ],
];

describe.each(APIS)('an error that nobody expected, in %s', (api, ask) => {
  it('tells the client its request id and nothing else', async () => {
    thrown = Object.assign(new Error(SECRET), { extensions: { code: 'TELLING' }, detail: SECRET });
    const { status, code, message, text } = await ask();
    expect({ status, code, message }).toEqual({
      status: api === 'REST' ? 500 : 200,
      code: 'INTERNAL_SERVER_ERROR',
      message: MASKED,
    });
    expect(text).not.toMatch(/hunter2|internal\/todo|stack|TELLING|\.ts/);
  });

  it('is logged once, whole, with the request id', async () => {
    thrown = new TypeError(SECRET);
    const { requestId } = await ask();
    const errors = lines.filter(({ level }) => level >= 50);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ level: 50, requestId, err: { type: 'TypeError', message: SECRET } });
    expect(errors[0]?.err?.stack).toContain('errors.rest.test');
  });

  it.each([
    ['a text', SECRET],
    ['a number', 42],
    ['a plain object', { message: SECRET, code: 'BAD_USER_INPUT', details: { secret: SECRET } }],
    ['a list', [SECRET]],
    ['an error of another program', new AppError('INTERNAL_SERVER_ERROR', SECRET)],
    ['an error without a prototype', Object.assign(Object.create(null), { message: SECRET })],
  ])('is masked when it is %s', async (_name, value) => {
    thrown = value;
    const { code, message, text } = await ask();
    expect({ code, message }).toEqual({ code: 'INTERNAL_SERVER_ERROR', message: MASKED });
    expect(text).not.toMatch(/hunter2|internal\/todo/);
    expect(lines.filter(({ level }) => level >= 50)).toHaveLength(1);
  });

  it('does not show the cause of an error that was expected, and does not log it as a bug', async () => {
    thrown = new ServiceUnavailableError('Try later', 7, new Error(SECRET));
    const { status, code, message, text } = await ask();
    expect({ status, code, message }).toEqual({ status: 503, code: 'SERVICE_UNAVAILABLE', message: 'Try later' });
    expect(text).toContain('"retry-after","7"');
    expect(text).not.toContain('hunter2');
    expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  });

  it('leaves the server as it was', async () => {
    thrown = new Error(SECRET);
    await ask();
    expect(await app.rest('ann', 'GET', '/api/auth/me')).toMatchObject({ status: 200, body: { id: 'ann' } });
  });
});
