import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';

let directory: string;
let app: TestApp;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'front-end-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>Tasks</title>');
  await writeFile(join(directory, 'assets', 'index-1a2b3c.js'), 'console.log(1);');
  app = await startTestApp({ environment: { WEB_ROOT: directory, GRAPHQL_PLAYGROUND: 'true' } });
});
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

describe('a front end at the root', () => {
  it('is served as a page that loads from this server only and asks each time whether it is current', async () => {
    const page = await fetch(`${app.url}/`);
    expect(await page.text()).toContain('<title>Tasks</title>');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self'; /);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    // Not by fetch, which says beside it that it wants no kept answer.
    const headers = { 'if-none-match': page.headers.get('etag') ?? '' };
    const [again] = await once(request(`${app.url}/`, { headers }).end(), 'response');
    expect(again.statusCode).toBe(304);
  });

  it('has files that never change, since their names have a hash', async () => {
    const file = await fetch(`${app.url}/assets/index-1a2b3c.js`);
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(file.headers.get('content-type')).toBe('application/javascript; charset=utf-8');
  });

  it.each(['/assets/other.js', '/assets/%2e%2e/%2e%2e/etc/passwd', '/.env', '/assets'])(
    'has no other file: %s',
    async (path) => {
      const { status, headers } = await fetch(`${app.url}${path}`);
      expect({ status, type: headers.get('content-type') }).toEqual({
        status: 404,
        type: 'application/problem+json; charset=utf-8',
      });
    },
  );

  it('leaves the playground and the APIs where they were', async () => {
    const page = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('graphiql');
    expect((await app.rest(undefined, 'GET', '/api/tasks')).status).toBe(401);
  });

  it('must be there where one was chosen', async () => {
    const start = startTestApp({ environment: { WEB_ROOT: join(directory, 'nowhere') } });
    await expect(start).rejects.toThrow(/^WEB_ROOT has no index.html: /);
  });
});
