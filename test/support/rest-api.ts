import { expect } from '@jest/globals';
import { type Api, type Credentials, expectSafe, Refusal, type RefusalDetails, type TaskView } from './api.ts';

const SORTS: Record<string, string> = {
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  title: 'title',
  completed: 'completed',
};

/** Statuses by code, as the contract lists them; CONFLICT over a version is 412 where the request had If-Match. */
const STATUS: Record<string, number> = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
};

/** Drives REST, with versions in `If-Match`. */
export function createRestApi(url: string, credentials: Credentials): Api {
  async function run(
    user: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    { version, key }: { version?: number | undefined; key?: string | undefined } = {},
  ) {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(await credentials(user)),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw refusal(response, text, version !== undefined);
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  async function task(expected: number, ...call: Parameters<typeof run>): Promise<TaskView> {
    const { status, headers, body } = await run(...call);
    expect(status).toBe(expected);
    expect(headers.get('etag')).toBe(`"${body.version}"`);
    if (status === 201) expect(headers.get('location')).toBe(`/api/tasks/${body.id}`);
    return view(body);
  }

  async function empty(...call: Parameters<typeof run>): Promise<void> {
    const { status, body } = await run(...call);
    expect({ status, body }).toEqual({ status: 204, body: undefined });
  }

  return {
    create: (user, input, key) => task(201, user, 'POST', '/tasks', input, { key }),
    get: (user, id) => task(200, user, 'GET', `/tasks/${encodeURIComponent(id)}`),
    async list(user, { limit, sort = 'createdAt', descending = true, search, completed } = {}) {
      const query = new URLSearchParams({ sort: `${descending ? '-' : ''}${SORTS[sort]}` });
      if (limit !== undefined) query.set('limit', String(limit));
      if (search !== undefined) query.set('search', search);
      if (completed !== undefined) query.set('completed', String(completed));
      const { body } = await run(user, 'GET', `/tasks?${query}`);
      return { tasks: body.items.map(view), total: body.total };
    },
    update: (user, id, changes, version, key) =>
      task(200, user, 'PUT', `/tasks/${encodeURIComponent(id)}`, changes, { version, key }),
    delete: (user, id, version, key) =>
      empty(user, 'DELETE', `/tasks/${encodeURIComponent(id)}`, undefined, { version, key }),
    toggle: (user, id, key) => task(200, user, 'PATCH', `/tasks/${encodeURIComponent(id)}/toggle`, undefined, { key }),
    async me(user) {
      const { id, email, name, created_at: createdAt } = (await run(user, 'GET', '/auth/me')).body;
      return { id, email, name, createdAt };
    },
    revoke: (user) => empty(user, 'POST', '/auth/revoke'),
    deleteAccount: (user) => empty(user, 'DELETE', '/auth/me'),
  };
}

function view(body: Record<string, unknown>): TaskView {
  const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [camelCase(name), value]),
  ) as unknown as TaskView;
}

function refusal(response: Response, text: string, conditional: boolean): Refusal {
  const problem = JSON.parse(text) as RefusalDetails & { detail: string; status: number; requestId: string };
  expectSafe(problem, response.headers, problem.requestId);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(problem.status).toBe(response.status);
  expect(response.status).toBe(isStale(problem) && conditional ? 412 : STATUS[problem.code]);
  return new Refusal(problem.detail, problem, response.headers);
}

function isStale({ code, version }: RefusalDetails): boolean {
  return code === 'CONFLICT' && version !== undefined;
}
