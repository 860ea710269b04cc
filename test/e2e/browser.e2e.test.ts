import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.ts';
import { openPage, type WatchedPage } from './support/browser.ts';
import { browserSuite, startBrowser } from './support/browser-suite.ts';

const HOURS = 3_600_000;
/** Only browsers can send this from a page. */
const FROM_PAGE = { 'sec-fetch-site': 'same-origin' };

browserSuite('in a browser without a network', () => {
  jest.setTimeout(270_000);
  let browser: Browser;
  let app: TestApp;
  let opened: WatchedPage | undefined;
  let later = 0;

  beforeAll(async () => {
    browser = await startBrowser();
    app = await startTestApp({
      environment: { BETTER_AUTH_SECRET: '' },
      overrides: { clock: { now: () => Date.now() + later } },
    });
  });
  afterEach(async () => {
    await opened?.page.close();
    opened = undefined;
    later = 0;
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  async function open(path: string): Promise<WatchedPage> {
    opened = await openPage(browser, `${app.url}${path}`);
    return opened;
  }

  /** @returns an access token of the embedded Better Auth */
  async function signUp(email: string): Promise<string> {
    const account = { email, name: 'Ann', password: 'correct horse battery' };
    const { headers } = await app.rest(undefined, 'POST', '/api/auth/sign-up/email', account, {
      origin: app.url,
    });
    const session = { authorization: `Bearer ${headers.get('set-auth-token')}` };
    return (await app.rest(undefined, 'GET', '/api/auth/token', undefined, session)).body.token;
  }

  describe('the playground', () => {
    const run = (page: Page) => page.getByRole('button', { name: 'Execute query' }).click();
    const answer = (page: Page) => page.locator('.graphiql-response');
    const stored = (page: Page): Promise<string> => page.evaluate('JSON.stringify(localStorage)');

    test('runs its examples with a ready token', async () => {
      const { page, screenshot, complaints, foreignRequests } = await open('/graphql');
      expect(await page.title()).toBe('premium-todo');
      await run(page);
      await answer(page).getByText('"Demo"', { exact: true }).waitFor();
      await screenshot('playground');
      await showTab(page, 'CreateTask');
      await run(page);
      await answer(page).getByText('"Water the plants"').waitFor();
      await showTab(page, 'Tasks');
      await run(page);
      await answer(page).getByText('totalCount').waitFor();
      await screenshot('playground-list');
      expect(complaints).toEqual([]);
      expect(foreignRequests).toEqual([]);
    });

    test('shows what a subscription tells, until it is stopped', async () => {
      const { page, screenshot, complaints, foreignRequests } = await open('/graphql');
      await showTab(page, 'TaskChanged');
      const follow = () => Promise.all([page.waitForResponse((answer) => isStream(answer.headers())), run(page)]);
      await follow();
      const { token } = (await app.rest(undefined, 'GET', '/graphql/playground.json', undefined, FROM_PAGE)).body;
      const create = (title: string) =>
        app.rest(undefined, 'POST', '/api/tasks', { title }, { authorization: `Bearer ${token}` });
      for (const title of ['From elsewhere', 'And another']) {
        await create(title);
        await answer(page).getByText(`"${title}"`).waitFor();
      }
      await screenshot('playground-subscription');

      const ended = page.waitForEvent('requestfailed', (request) => request.method() === 'POST');
      await page.getByRole('button', { name: 'Stop query' }).click();
      await ended;
      await create('Unheard of');
      await follow();
      await create('Heard of');
      await answer(page).getByText('"Heard of"').waitFor();
      expect(complaints).toEqual([]);
      expect(foreignRequests).toEqual([]);
    });

    test('documents the schema, and opens its dialogs under its content security policy', async () => {
      const { page, screenshot, complaints, foreignRequests } = await open('/graphql');
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      await page.getByRole('link', { name: 'Mutation', exact: true }).first().click();
      await page.getByText('Completes an open task, reopens a completed one.').waitFor();
      await screenshot('playground-docs');
      await page.getByRole('button', { name: 'Open settings dialog' }).click();
      await page.getByText('Clear storage').waitFor();
      expect(complaints).toEqual([]);
      expect(foreignRequests).toEqual([]);
    });

    test('gets a new token when the old one has expired, and stores none', async () => {
      const { page } = await open('/graphql');
      later += 13 * HOURS;
      await run(page);
      await answer(page).getByText('"Demo"', { exact: true }).waitFor();
      await showTab(page, 'CreateTask');
      await run(page);
      await answer(page).getByText('"Water the plants"').waitFor();
      expect(await stored(page)).toContain('Bearer <your token>');
      expect(await stored(page)).not.toMatch(/Bearer (?!<your token>)/);
      await page.reload();
      await showTab(page, 'Me');
      await page.getByRole('button', { name: 'Headers' }).click();
      await page.getByText('"Bearer eyJ').waitFor();
      await run(page);
      await answer(page).getByText('"Demo"', { exact: true }).waitFor();
    });
  });

  test('Swagger UI calls the API with a token', async () => {
    const { page, screenshot, complaints, foreignRequests } = await open('/api/docs');
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.locator('.auth-container input').fill(await signUp('ann@example.com'));
    await page.getByRole('button', { name: 'Apply credentials' }).click();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.locator('#operations-tasks-listTasks .opblock-summary-control').click();
    await page.getByRole('button', { name: 'Execute' }).click();
    const response = page.locator('.live-responses-table');
    await response.getByText('200', { exact: true }).waitFor();
    expect(await response.innerText()).toContain('"items": []');
    expect(await page.locator('.request-url').innerText()).toContain(`${app.url}/api/tasks?`);
    await screenshot('rest-docs');
    expect(complaints).toEqual([]);
    expect(foreignRequests).toEqual([]);
  });

  test('Swagger UI forgets a token with the page', async () => {
    const { page } = await open('/api/docs');
    const unlock = page.locator('.auth-wrapper .authorize');
    await unlock.click();
    await page.locator('.auth-container input').fill('a token that is typed in');
    await page.getByRole('button', { name: 'Apply credentials' }).click();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.locator('.auth-wrapper .authorize.locked').waitFor();
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])')).not.toContain(
      'token',
    );
    await page.reload();
    await page.locator('.auth-wrapper .authorize.unlocked').waitFor();
  });
});

const isStream = (headers: Record<string, string>) => headers['content-type']?.startsWith('text/event-stream') ?? false;

/** GraphiQL takes over the operation of another tab a moment after it shows it. */
async function showTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click();
  await page.waitForTimeout(300);
}
