import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const BOOTSTRAP = join(ROOT, 'scripts', 'bootstrap.mjs');

export const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

/** The server with the front end of today at its root. */
export interface WebApp extends TestApp {
  /** by how many milliseconds the server's clock is ahead of the browser's */
  ahead: number;
}

/** It accepts what the front end is listed to send and nothing else, which every test proves by the way. */
const LISTED_ONLY = { PERSISTED_ONLY: 'true', PERSISTED_MANIFEST: join(ROOT, 'examples', 'web', 'operations.json') };

export async function startWebApp(environment: Record<string, string> = LISTED_ONLY): Promise<WebApp> {
  await promisify(execFile)(process.execPath, [BOOTSTRAP, '--front-end'], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead };
  const app = await startTestApp({
    environment: { BETTER_AUTH_SECRET: '', WEB_ROOT: join(ROOT, 'examples', 'web', 'dist'), ...environment },
    overrides: { clock },
  });
  return {
    ...app,
    get ahead() {
      return clock.ahead;
    },
    set ahead(milliseconds) {
      clock.ahead = milliseconds;
    },
  };
}

/** One person at one browser, with an account of their own. */
export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly userId: string;
  readonly email: string;
  /** errors on the console, and exceptions that nobody caught */
  readonly complaints: readonly string[];
  /** the REST API as the same user: another device */
  elsewhere(method: string, path: string, body?: unknown): Promise<Record<string, string>>;
  /** another tab of the same browser */
  openTab(): Promise<Page>;
}

export const PASSWORD = 'correct horse battery';
let people = 0;

export async function openWeb(browser: Browser, app: TestApp, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: SIZES.desk, reducedMotion: 'reduce', ...options });
  return openTab(context, app);
}

/** Somebody who has just signed up; `prepare` puts into the account what shall be there when the page opens. */
export async function signUp(
  browser: Browser,
  app: TestApp,
  options: BrowserContextOptions & {
    prepare?: (person: Pick<Person, 'elsewhere' | 'userId'>) => Promise<unknown>;
  } = {},
): Promise<Person> {
  const { prepare, ...contextOptions } = options;
  const context = await browser.newContext({ viewport: SIZES.desk, reducedMotion: 'reduce', ...contextOptions });
  people += 1;
  const email = `person-${people}@example.com`;
  const data = { email, name: 'Ada Lovelace', password: PASSWORD };
  await context.request.post(`${app.url}/api/auth/sign-up/email`, { data, headers: { origin: app.url } });
  const { token } = await (await context.request.get(`${app.url}/api/auth/token`)).json();
  const userId = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).sub;

  async function elsewhere(method: string, path: string, body?: unknown): Promise<Record<string, string>> {
    const answer = await app.rest(undefined, method, path, body, { authorization: `Bearer ${token}` });
    expect([method, path, answer.status < 300, answer.body]).toEqual([method, path, true, answer.body]);
    return answer.body;
  }

  await prepare?.({ elsewhere, userId });
  const page = await openTab(context, app);
  const complaints: string[] = [];
  page.on('console', (message) => {
    // That nobody is signed in is an answer.
    const isExpected = message.location().url.endsWith('/api/auth/token');
    if (message.type() === 'error' && !isExpected) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.getByLabel('New task', { exact: true }).waitFor();
  return { page, context, userId, email, complaints, elsewhere, openTab: () => openTab(context, app) };
}

/** Somebody new, whose list has these tasks already. */
export async function signUpWith(
  browser: Browser,
  app: TestApp,
  titles: readonly string[],
  options: BrowserContextOptions = {},
): Promise<Person & { ids: string[] }> {
  let ids: string[] = [];
  const person = await signUp(browser, app, {
    ...options,
    prepare: async ({ elsewhere }) => {
      if (titles.length === 0) return;
      const inputs = titles.map((title) => ({ title }));
      const { tasks } = (await elsewhere('POST', '/api/tasks/bulk/create', { inputs })) as unknown as {
        tasks: { id: string }[];
      };
      ids = tasks.map(({ id }) => id);
    },
  });
  await shows(person.page, ...titles.slice(0, 40));
  return { ...person, ids };
}

async function openTab(context: BrowserContext, app: TestApp): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(app.url);
  return page;
}

/** Writes tasks down one after the other, as fast as keys go. */
export async function quickAdd(page: Page, ...titles: string[]): Promise<void> {
  const field = page.getByLabel('New task', { exact: true });
  for (const title of titles) {
    await field.fill(title);
    await field.press('Enter');
  }
}

export const taskOf = (page: Page, title: string) => page.getByRole('button', { name: title, exact: true });
export const checkOf = (page: Page, title: string) => page.getByRole('checkbox', { name: title, exact: true });

/** Waits until the list shows these tasks in this order and no others. */
export async function shows(page: Page, ...titles: string[]): Promise<void> {
  const rows = page.locator('.tasks > li .task-title');
  const isSo = async () => (await rows.allTextContents()).join('\n') === titles.join('\n');
  await eventually(titles.join(), isSo, 10_000).catch(() => undefined);
  expect(await rows.allTextContents()).toEqual(titles);
}

/** Waits until the server has everything, whoever asks. */
export async function has(person: Person, ...titles: string[]): Promise<void> {
  const read = async () => {
    const { items } = (await person.elsewhere('GET', '/api/tasks?sort=position&limit=100')) as unknown as {
      items: { title: string }[];
    };
    return items.map(({ title }) => title);
  };
  await eventually(titles.join(), async () => (await read()).join('\n') === titles.join('\n'), 10_000).catch(() => {});
  expect(await read()).toEqual(titles);
}
