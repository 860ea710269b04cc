import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuditStore } from '../../src/audit/audit.store.ts';
import { ServiceUnavailableError } from '../../src/core/errors.ts';
import { createStores } from '../../src/stores.ts';
import { undoTokenOf } from '../../src/tasks/undo.token.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, taskInput } from '../support/factories.ts';
import { createMemoryStores } from '../support/memory-stores.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { CALLS, type Call, SUCCESS } from './support/openapi-calls.ts';
import { checksOf, type Document, type DocumentChecks } from './support/openapi-document.ts';

/** T065: what REST answers is what its OpenAPI document says, for every route and every status that it names. */

const BODY_LIMIT = 2048;

/** Stores that do as they are told: work, fail as nobody expects, or be away. */
let mood: 'well' | 'broken' | 'away' = 'well';

function moody<Store extends object>(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...parameters: unknown[]) => unknown;
      return (...parameters: unknown[]) => {
        if (mood === 'broken') throw new Error('select secret_column from tasks_secret at /srv/app/store.ts:12');
        if (mood === 'away') throw new ServiceUnavailableError('The database is not available', 2);
        return method(...parameters);
      };
    },
  });
}

let database: OpenTestDatabase;
let app: TestApp;
let strict: TestApp;
let document: Document;
let check: DocumentChecks;

beforeAll(async () => {
  database = await openTestDatabase();
  const stores = createStores(database);
  app = await startTestApp({
    environment: { BODY_LIMIT: String(BODY_LIMIT) },
    overrides: {
      taskStore: moody(stores.taskStore),
      labelStore: moody(stores.labelStore),
      userStore: moody(stores.userStore),
      auditStore: moody(createAuditStore(database)),
      syncStore: moody(stores.syncStore),
    },
  });
  strict = await startTestApp({ environment: { RATE_LIMIT_SCALE: '0.001' }, overrides: createMemoryStores() });
  const response = await fetch(`${app.url}/api/openapi.json`);
  document = (await response.json()) as Document;
  check = checksOf(document);
});

afterAll(async () => {
  await app.close();
  await strict.close();
  await database.close();
});

interface Answer {
  status: number;
  headers: Headers;
  type: string | null;
  text: string;
}

async function send(
  target: TestApp,
  user: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers = {},
): Promise<Answer> {
  const response = await fetch(`${target.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(await target.credentials(user)),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const type = response.headers.get('content-type');
  // A stream goes on until its client has enough.
  if (type?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return { status: response.status, headers: response.headers, type, text: '' };
  }
  return { status: response.status, headers: response.headers, type, text: await response.text() };
}

const NOTHING = '01890a5d-ac96-774b-bcce-b302099a8057';

async function made(target: TestApp, user: string, kind = 'tasks', body: unknown = taskInput()): Promise<Answer> {
  return send(target, user, 'POST', `/api/${kind}`, body);
}

async function newTask(target: TestApp, user: string): Promise<string> {
  return JSON.parse((await made(target, user)).text).id;
}

/** What a call is about, as far as it has to be there. */
async function idFor(template: string, user: string): Promise<string> {
  const [, kind] = /^\/api\/(tags|lists)\//.exec(template) ?? [];
  if (kind !== undefined) return JSON.parse((await made(app, user, kind, { name: newUser('label') })).text).id;
  const id = await newTask(app, user);
  if (/trash|restore/.test(template)) await send(app, user, 'DELETE', `/api/tasks/${id}`);
  return id;
}

/** A body with what it names. */
async function bodyFor(target: TestApp, body: unknown, user: string): Promise<unknown> {
  const text = JSON.stringify(body);
  if (!/\{(other|task|undo)\}/.test(text ?? '')) return body;
  const { text: task, headers } = await made(target, user);
  return JSON.parse(
    text.replace(/\{(other|task)\}/, JSON.parse(task).id).replace('{undo}', headers.get('undo-token') ?? ''),
  );
}

const exportedTask = (id: string) =>
  JSON.stringify({ type: 'task', id, title: 'x', completed: false, created_at: '2026-01-01T00:00:00Z' });

/** Makes an operation answer with a status; `undefined` when nothing can. */
async function provoke(call: Call, status: number): Promise<Answer | undefined> {
  const { method, template, bad, headers } = call;
  const user = newUser();
  const id = await idFor(template, user);
  const good = await bodyFor(app, call.good, user);
  const path = template.replace('{id}', id) + (call.query ?? '');
  switch (status) {
    case 200:
    case 201:
    case 204:
      return send(app, user, method, path, good, headers);
    case 304: {
      const { headers } = await send(app, user, method, path, undefined, { 'if-none-match': '"another"' });
      return send(app, user, method, path, undefined, { 'if-none-match': headers.get('etag') ?? '' });
    }
    case 400:
      return bad && send(app, user, method, bad.path ?? path, bad.body ?? good, bad.headers);
    case 401:
      return send(app, undefined, method, path, good, headers);
    case 403:
      return send(app, newUser(), method, template.replace('{id}', await newTask(app, user)), good);
    case 404:
      return template === '/api/undo'
        ? send(app, user, method, path, { token: undoTokenOf([{ id: NOTHING, version: 1 }]) })
        : send(app, user, method, path.replace(id, NOTHING), good);
    case 409:
      if (template === '/api/tasks/import') return send(app, newUser(), method, path, exportedTask(id), headers);
      if (template === '/api/tasks') return send(app, user, method, path, { id, title: 'Another under this id' });
      if (/^PUT|PATCH$/.test(method) && template.endsWith('{id}')) return send(app, user, method, path, { version: 7 });
      await send(app, user, 'POST', '/api/tasks', taskInput(), { 'idempotency-key': 'taken' });
      return send(app, user, method, path, good, { 'idempotency-key': 'taken' });
    case 412:
      return send(app, user, method, path, good, { 'if-match': '"7"' });
    case 413:
      return send(app, user, method, path, { title: 'x'.repeat(BODY_LIMIT) });
    case 429:
      // Calls that end the token can be made once only: their limit is spent without them.
      await (template.startsWith('/api/auth') && /POST|DELETE/.test(method)
        ? strict.graphql(user, 'mutation { deleteAccount(confirm: "wrong") { deletedUserId } }')
        : send(strict, user, method, template, call.good, headers));
      return send(strict, user, method, template, call.good, headers);
    case 500:
    case 503:
      mood = status === 500 ? 'broken' : 'away';
      return send(app, user, method, path, good, headers).finally(() => {
        mood = 'well';
      });
    default:
      return undefined;
  }
}

describe.each(CALLS.map((call) => [call.method, call.template, call] as const))('%s %s', (method, template, call) => {
  const responses = () => document.paths[template]?.[method.toLowerCase()]?.responses ?? {};

  it('answers with every status that its document names, in the form that it names', async () => {
    const statuses = Object.keys(responses()).map(Number);
    expect(statuses).toContain(SUCCESS[`${method} ${template}`] ?? 200);
    for (const status of statuses) {
      const answer = await provoke(call, status);
      if (!answer) {
        expect({ method, template, status }).toEqual({
          method: 'GET',
          template: expect.stringMatching(/^\/api\/(auth\/me(\/export)?|tags|lists)$/),
          status: 400,
        });
        continue;
      }
      expect({ status, answered: answer.status }).toEqual({ status, answered: status });
      expect({
        status,
        headers: check.faultyHeaders(answer.headers, responses()[String(status)]?.headers ?? {}),
      }).toEqual({
        status,
        headers: [],
      });
      const [type, schema] = Object.entries(responses()[String(status)]?.content ?? {})[0] ?? [];
      if (!type || !schema) {
        expect({ status, text: answer.text }).toEqual({ status, text: '' });
        continue;
      }
      expect({ status, type: answer.type }).toEqual({ status, type: `${type}; charset=utf-8` });
      const isValid = check.validatorOf(schema.schema);
      expect({
        status,
        valid: isValid(
          type.endsWith('json') && type !== 'application/x-ndjson' ? JSON.parse(answer.text) : answer.text,
        ),
        errors: isValid.errors,
      }).toEqual({
        status,
        valid: true,
        errors: null,
      });
    }
  });
});

const CHANGES = [
  [{}, { title: 'x', version: 1, created_at: 'any' }, { description: null }],
  [{ title: null }, { completed: 'yes' }, { owner: 'y' }, { version: 0 }],
] as const;

describe('the OpenAPI document', () => {
  it('is of version 3.1 and names the routes of the contract and no others', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual(CALLS.map(({ method, template }) => `${method} ${template}`).sort());
  });

  it('resolves every reference', () => {
    const references = JSON.stringify(document).match(/"#\/components\/schemas\/\w+"/g) ?? [];
    const names = new Set(references.map((reference) => reference.slice(22, -1)));
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining([...names]));
    for (const schema of Object.values(document.components.schemas))
      expect(() => check.validatorOf(schema)).not.toThrow();
  });

  it.each([
    [
      'POST',
      '/api/tasks',
      [{ title: 'x' }, { title: 'x', description: null, completed: true, id: crypto.randomUUID() }],
      [{}, { title: '' }, { title: 'x', user_id: 'y' }, { title: 'x'.repeat(256) }],
    ],
    ['PUT', '/api/tasks/{id}', ...CHANGES],
    ['PATCH', '/api/tasks/{id}', ...CHANGES],
  ] as const)('describes the body of %s %s as the server takes it', async (method, template, good, bad) => {
    const user = newUser();
    const { content } = document.paths[template]![method.toLowerCase()]!.requestBody!;
    for (const [type, { schema }] of Object.entries(content)) {
      const isValid = check.validatorOf(schema);
      const bodies = [...good.map((body) => [body, true] as const), ...bad.map((body) => [body, false] as const)];
      for (const [body, expected] of bodies) {
        const path = template.replace('{id}', await newTask(app, user));
        const { status } = await send(app, user, method, path, body, { 'content-type': type });
        expect({ type, body, described: isValid(body), taken: status < 300 }).toEqual({
          type,
          body,
          described: expected,
          taken: expected,
        });
      }
    }
  });

  it('takes a merge patch by the type that RFC 7396 gives it', () => {
    const types = Object.keys(document.paths['/api/tasks/{id}']?.patch?.requestBody?.content ?? {});
    expect(types).toEqual(['application/merge-patch+json', 'application/json']);
  });

  it('tells what is asked of clients: a bearer token', () => {
    expect(document.components.securitySchemes).toEqual({
      bearer: expect.objectContaining({ type: 'http', scheme: 'bearer' }),
    });
  });
});
