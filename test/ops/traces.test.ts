import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser } from '../support/factories.ts';
import { createMemoryStores } from '../support/memory-stores.ts';
import type { ReceivedSpan } from './support/collector.ts';
import { sendInTwoParts } from './support/parted-request.ts';
import { isServer, startTracedApp, type TracedApp, tracedCall, treeOf } from './support/traced-app.ts';

const TITLE = 'what only its owner may read';
const LIST = 'query TaskList($first: Int) { tasks(first: $first) { totalCount nodes { id title } } }';
const SEARCH = 'query Search($word: String) { tasks(search: $word) { totalCount } }';
const ERASE = 'mutation Erase($confirm: String!) { deleteAccount(confirm: $confirm) { deletedUserId } }';
const MISSING = '0197f0a0-0000-7000-8000-000000000000';

let traced: TracedApp;
let user: string;
let id: string;
/** the spans of each request by its name */
const recorded = new Map<string, ReceivedSpan[]>();

/** Everything is sent at once and looked at afterwards, since the server sends its spans once a second. */
beforeAll(async () => {
  const now = Date.now();
  traced = await startTracedApp({ clock: { now: () => now } });
  const { app, collector } = traced;
  user = newUser('reader@example.com');
  const leaving = newUser();
  await app.rest(leaving, 'POST', '/api/tasks', { title: 'one' });
  id = (await app.rest(user, 'POST', '/api/tasks', { title: TITLE })).body.id;
  const sent = new Map<string, string>();

  async function call(name: string, method: string, path: string, body?: unknown, who: string | undefined = user) {
    const { traceId, headers } = tracedCall();
    sent.set(name, traceId);
    await app.rest(who, method, path, body, headers);
  }
  const operate = (name: string, query: string, variables = {}) =>
    call(name, 'POST', '/graphql', { query, variables }, 'confirm' in variables ? leaving : user);

  for (let times = 1; times <= 5; times++) await operate(`list ${times}`, LIST);
  for (let times = 1; times <= 3; times++)
    await operate(`missing ${times}`, `query Gone { task(id: "${MISSING}") { id } }`);
  await operate('search', SEARCH, { word: 'hidden' });
  await operate('erase', ERASE, { confirm: leaving });
  await call('get', 'GET', `/api/tasks/${id}?token=hidden`);
  await call('list over REST', 'GET', '/api/tasks?search=hidden');
  await call('change', 'PATCH', `/api/tasks/${id}`, { title: `${TITLE}, changed`, description: 'hidden' });
  await call('get nothing', 'GET', `/api/tasks/${MISSING}`);
  await call('no route', 'GET', `/${TITLE.replaceAll(' ', '-')}`);
  await call('taken id', 'POST', '/api/tasks', { id, title: 'another one' });
  for (const name of ['parted', 'abandoned']) {
    const { traceId, headers } = tracedCall();
    sent.set(name, traceId);
    await sendInTwoParts(app, user, headers, name === 'parted' ? { title: TITLE } : undefined);
  }
  const probe = tracedCall();
  await app.rest(undefined, 'GET', '/health/ready', undefined, probe.headers);
  for (const [name, traceId] of sent) recorded.set(name, await collector.trace(traceId));
  recorded.set(
    'probe',
    collector.spans.filter(({ traceId }) => traceId === probe.traceId),
  );
});
afterAll(() => traced.close());

const spansOf = (request: string) => recorded.get(request) ?? [];

function named(request: string, name: string): ReceivedSpan {
  const found = spansOf(request).find((span) => span.name === name);
  if (!found) throw new Error(`no ${name} among ${spansOf(request).map((span) => span.name)}`);
  return found;
}

describe('a GraphQL operation', () => {
  const executed = { 'tasks.connection': { 'select tasks': {} }, 'tasks.count': { 'select tasks': {} } };

  it.each([
    ['that Apollo Server executes', 'list 1', executed],
    ['that is compiled while Apollo Server executes it', 'list 2', executed],
    ['that is executed without Apollo Server', 'list 3', executed],
    ['whose answer is to be kept', 'list 4', { 'tasks.revision': { 'select users': {} }, ...executed }],
    ['whose answer was kept', 'list 5', { 'tasks.revision': { 'select users': {} } }],
  ])('%s shows its services and their statements', (_which, request, parts) => {
    expect(treeOf(spansOf(request))).toEqual({ 'POST /graphql': { 'query TaskList': parts } });
  });

  it('is told by its type and name, never by its document or variables', () => {
    expect(named('search', 'query Search').attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Search',
    });
  });

  it('shows a transaction with its statements', () => {
    const { transaction } =
      treeOf(spansOf('erase'))['POST /graphql']?.['mutation Erase']?.['users.deleteAccount'] ?? {};
    const statements = ['select tasks', 'update users', 'delete tasks', 'delete idempotency_keys'];
    expect(Object.keys(transaction ?? {})).toEqual(expect.arrayContaining(statements));
  });
});

describe('a REST request', () => {
  it('is named by its route, and told with path, status and request id', () => {
    expect(named('get', 'GET /api/tasks/:id')).toMatchObject({
      kind: 'server',
      isError: false,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/api/tasks/:id',
        'url.path': `/api/tasks/${id}`,
        'http.response.status_code': 200,
        'http.request.header.x-request-id': [expect.stringMatching(/^[\w-]{36}$/)],
      },
    });
  });

  it('is whole where its body comes later than its headers', () => {
    expect(treeOf(spansOf('parted'))).toEqual({ 'POST /api/tasks': { 'tasks.create': { 'insert tasks': {} } } });
  });

  it('that no route is for is told without its path, where anything may stand', () => {
    expect(spansOf('no route')).toMatchObject([{ name: 'GET', attributes: { 'http.response.status_code': 404 } }]);
    expect(spansOf('no route')[0]?.attributes).not.toHaveProperty(['url.path']);
  });

  it('whose client has left before the answer is told as aborted', () => {
    expect(spansOf('abandoned')).toMatchObject([{ name: 'POST /api/tasks', attributes: { 'error.type': 'aborted' } }]);
  });

  it('of those who watch the server is not traced', () => {
    expect(spansOf('probe')).toEqual([]);
  });
});

describe('a statement', () => {
  it('is told with placeholders, and with its wait for a connection', () => {
    expect(named('get', 'select tasks')).toMatchObject({
      kind: 'client',
      attributes: {
        'db.system.name': 'postgresql',
        'db.operation.name': 'select',
        'db.collection.name': 'tasks',
        'db.query.text': expect.stringContaining('where id = $2 and user_id = $1'),
        'db.client.connection.wait_time': expect.any(Number),
        'db.response.returned_rows': 1,
      },
    });
  });

  it('that PostgreSQL refuses has the SQLSTATE', () => {
    expect(named('taken id', 'insert tasks')).toMatchObject({ isError: true, attributes: { 'error.type': '23505' } });
  });
});

describe('an error', () => {
  it('of the client has its code and is no fault of the server', () => {
    expect(named('get nothing', 'tasks.get')).toMatchObject({
      isError: false,
      attributes: { 'error.type': 'NOT_FOUND' },
    });
    expect(named('get nothing', 'GET /api/tasks/:id')).toMatchObject({
      isError: false,
      attributes: { 'http.response.status_code': 404, 'error.type': 'NOT_FOUND' },
    });
  });

  it.each(['missing 1', 'missing 2', 'missing 3'])(
    'in an operation has its code, whoever executes it: %s',
    (request) => {
      expect(named(request, 'query Gone')).toMatchObject({ isError: false, attributes: { 'error.type': 'NOT_FOUND' } });
    },
  );

  it('that nobody expected is told without its message, which may be what users wrote', async () => {
    const { taskStore, ...stores } = createMemoryStores();
    const stats = async () => {
      throw Object.assign(new Error(TITLE), { code: TITLE });
    };
    const failing = await startTracedApp({ ...stores, taskStore: { ...taskStore, stats } });
    await failing.app.graphql(user, 'query Broken { viewer { taskStats { total } } }');
    await failing.app.close();
    for (const name of ['query Broken', 'tasks.stats']) {
      expect(failing.collector.spans.find((span) => span.name === name)).toMatchObject({
        isError: true,
        statusMessage: '',
        events: [],
        attributes: { 'error.type': 'INTERNAL_SERVER_ERROR' },
      });
    }
    expect(sentBy(failing)).not.toContain(TITLE);
    await failing.collector.close();
  });
});

describe('what is sent to the collector', () => {
  it('holds no title, search, query string, token, user id or e-mail address', async () => {
    const token = await traced.app.token(user);
    const text = sentBy(traced);
    expect(text).toContain('update tasks');
    for (const secret of [TITLE, 'hidden', token, token.split('.')[2] ?? '', user, 'example.com']) {
      expect(text).not.toContain(secret);
    }
  });

  it('says which server it is from', () => {
    expect(traced.collector.resources.at(-1)).toMatchObject({
      'service.name': 'premium-todo',
      'service.instance.id': expect.stringMatching(/^[\w-]{36}$/),
    });
  });
});

describe('log lines', () => {
  it.each(['get', 'list 1', 'list 3', 'abandoned'])('say to which trace and span they belong: %s', (request) => {
    const server = spansOf(request).find(isServer);
    const lines = traced.log.filter(({ traceId, msg }) => traceId === server?.traceId && msg === 'request');
    expect(lines).toEqual([expect.objectContaining({ spanId: server?.spanId })]);
  });
});

/** Everything, as it came. */
function sentBy({ collector }: TracedApp): string {
  return Buffer.concat(collector.requests.map(({ body }) => body)).toString('latin1');
}
