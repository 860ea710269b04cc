import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-sse';
import { EXAMPLES } from '../../src/graphql/playground/examples.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';

const AS_BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('the page', () => {
  test('allows nothing but files of this server', async () => {
    const response = await fetch(`${app.url}/graphql`, { headers: AS_BROWSER });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const html = await response.text();
    expect(html).toContain('<title>premium-todo</title>');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|https?:\/\//);
  });

  test('has a nonce of its own at every load', async () => {
    const policies = await Promise.all(
      [1, 2].map(async () => {
        const response = await fetch(`${app.url}/graphql`, { headers: AS_BROWSER });
        return response.headers.get('content-security-policy');
      }),
    );
    expect(policies[0]).not.toBe(policies[1]);
  });

  test('names files that are there, and that browsers may keep', async () => {
    const html = await (await fetch(`${app.url}/graphql`, { headers: AS_BROWSER })).text();
    const files = [...html.matchAll(/(?:src|href)="(graphql\/[^"]+)"/g)].map(([, path]) => String(path));
    expect(files).toHaveLength(7);
    for (const path of files) {
      const response = await fetch(`${app.url}/${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^(text\/(javascript|css); charset=utf-8|image\/svg\+xml)$/);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
  });

  test.each(['other.js', '..%2Fassets.ts', 'package.json'])('has no file %s', async (name) => {
    const { status, body } = await app.rest(undefined, 'GET', `/graphql/assets/${name}`);
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'NOT_FOUND' });
  });

  test('is not for programs', async () => {
    const { status, body } = await app.rest(undefined, 'GET', '/graphql', undefined, { accept: '*/*' });
    expect({ status, code: body.errors[0].extensions.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  });
});

describe('what the page asks for', () => {
  /** As the page does it; only browsers can send this header from a page. */
  const settings = (server: TestApp) =>
    server.rest(undefined, 'GET', '/graphql/playground.json', undefined, { 'sec-fetch-site': 'same-origin' });

  test('has no token unless the server is in development mode', async () => {
    const { body, headers } = await settings(app);
    expect(body).toEqual({ examples: EXAMPLES });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('has a token that the server accepts in development mode', async () => {
    const development = await startTestApp({ environment: { BETTER_AUTH_SECRET: '' } });
    try {
      const { body } = await settings(development);
      const me = await development.rest(undefined, 'GET', '/api/auth/me', undefined, {
        authorization: `Bearer ${body.token}`,
      });
      expect(me.body).toMatchObject({ id: 'demo', name: 'Demo' });
    } finally {
      await development.close();
    }
  });
});

async function firstResult(user: string, query: string, variables: Record<string, unknown>) {
  const client = createClient({ url: `${app.url}/graphql`, headers: await app.credentials(user), retryAttempts: 0 });
  for await (const { data } of client.iterate({ query, variables })) return data;
  throw new Error('There was none');
}

test('every example does what it says', async () => {
  const user = newUser();
  const [id = ''] = await storeTasks(app.databaseUrl, user, [{ title: 'Water the cactus', description: 'rarely' }]);
  const answers: Record<string, unknown> = {};
  for (const { query, variables = '{}' } of EXAMPLES) {
    const given = JSON.parse(variables);
    if (/^subscription /m.test(query)) {
      const since = (answers.taskSync as { syncToken: string }).syncToken;
      await app.rest(user, 'POST', '/api/tasks', { title: 'Buy a fern' });
      Object.assign(answers, await firstResult(user, query, { ...given, since }));
      continue;
    }
    const { data, errors } = await app.graphql(user, query, 'id' in given ? { ...given, id } : given);
    expect(errors).toEqual([]);
    Object.assign(answers, data);
  }
  expect(answers).toMatchObject({
    viewer: { id: user, taskStats: { total: 1, completed: 0 } },
    createTask: { task: { title: 'Water the plants', version: 1 } },
    updateTask: { task: { title: 'Water all plants', description: null, version: 2 } },
    toggleTask: { task: { completed: true } },
    deleteTask: { deletedTaskId: id },
    applyCommands: { results: [{ status: 'APPLIED' }, { status: 'FAILED', error: { code: 'NOT_FOUND' } }] },
    taskSync: {
      changed: [{ title: 'Buy a fern' }, { title: 'Water the plants' }],
      hasMore: false,
      fullSync: true,
    },
    taskChanged: { type: 'CREATED', task: { title: 'Buy a fern' } },
  });
  expect(answers).toHaveProperty('tasks.edges.length', 2);
});
