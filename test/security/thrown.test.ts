import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/core/logger.ts';
import type { TaskStore } from '../../src/tasks/task.store.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createMemoryStores } from '../support/memory-stores.ts';

/** Whatever is thrown beneath the services, thrown or as a rejected promise, is one answer to clients. */

const SECRET = 'password=hunter2 at postgres://db.internal/todo';

const endless = new Error(SECRET);
endless.cause = endless;
const circular: Record<string, unknown> = { secret: SECRET };
circular.self = circular;

const THROWN: [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['an empty text', ''],
  ['a symbol', Symbol(SECRET)],
  ['a big number', 10n],
  ['a function', () => SECRET],
  ['an object that holds itself', circular],
  ['an error that is its own cause', endless],
  ['an error without a message', new Error()],
  ['an error without a stack', Object.assign(new Error(SECRET), { stack: undefined, detail: SECRET })],
  ['errors in one', new AggregateError([new Error(SECRET), SECRET], SECRET)],
  ['a status of success', Object.assign(new Error(SECRET), { statusCode: 200, status: 204 })],
  ['a status that is none', Object.assign(new Error(SECRET), { statusCode: 99_999, status: -1, code: 'X' })],
  ['a status that is text', Object.assign(new Error(SECRET), { statusCode: 'teapot', status: SECRET })],
  ["a status in a framework's error", Object.assign(new Error(SECRET), { code: 'FST_ERR_X', statusCode: 299 })],
  [
    'headers and a status for Apollo',
    Object.assign(new Error(SECRET), { extensions: { http: { status: 1, headers: new Map([['x', SECRET]]) } } }),
  ],
];

let app: TestApp;
let lines: string[] = [];
let failure: () => unknown;

beforeAll(async () => {
  const stores = createMemoryStores();
  const failing = new Proxy(stores.taskStore, { get: () => () => failure() }) as TaskStore;
  const logger = createLogger({ level: 'debug', format: 'json' }, { write: (line) => void lines.push(line) });
  app = await startTestApp({ overrides: { ...stores, taskStore: failing, logger } });
});
afterAll(() => app.close());

async function ask(api: string) {
  lines = [];
  if (api === 'REST') {
    const { status, body, headers } = await app.rest('ann', 'GET', '/api/tasks');
    return { status, code: body.code, text: JSON.stringify([body, [...headers]]) };
  }
  const { status, data, errors, headers } = await app.graphql('ann', '{ tasks { totalCount } }');
  const text = JSON.stringify([data, errors, [...headers]]);
  return { status, code: errors[0]?.extensions.code, text };
}

/** 500 in GraphQL, too, where what was thrown kept the operation from having an answer at all. */
describe.each([
  ['REST', [500]],
  ['GraphQL', [200, 500]],
])('what is thrown in %s', (api, statuses) => {
  it.each(THROWN)('is masked when it is %s, thrown or rejected', async (_name, thrown) => {
    const ways = [
      () => {
        throw thrown;
      },
      () => Promise.reject(thrown),
    ];
    for (const way of ways) {
      failure = way;
      const { status, code, text } = await ask(api);
      expect({ code, masked: statuses.includes(status) }).toEqual({ code: 'INTERNAL_SERVER_ERROR', masked: true });
      expect(text).not.toMatch(/hunter2|internal\/todo|\.ts\b|node_modules/);
      expect(lines.some((line) => JSON.parse(line).level >= 50)).toBe(true);
    }
  });
});
