import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { browserSuite, startBrowser } from './support/browser-suite.ts';
import {
  checkOf,
  has,
  PASSWORD,
  type Person,
  quickAdd,
  shows,
  signUp,
  signUpWith,
  startWebApp,
  taskOf,
  type WebApp,
} from './support/web.ts';

const MINUTE = 60_000;

let stopHearing: (() => void) | undefined;

/** Hears of each request as the server takes it, before it is looked at, until the test is over. */
function hearRequests(listener: (request: IncomingMessage) => void): void {
  const onStart = (message: unknown) => listener((message as { request: IncomingMessage }).request);
  subscribe('http.server.request.start', onStart);
  stopHearing = () => unsubscribe('http.server.request.start', onStart);
}

browserSuite('the front end and the world around it', () => {
  jest.setTimeout(180_000);
  let browser: Browser;
  let app: WebApp;

  beforeAll(async () => {
    [browser, app] = await Promise.all([startBrowser(), startWebApp()]);
  });
  afterEach(async () => {
    stopHearing?.();
    app.ahead = 0;
    await Promise.all(browser.contexts().map((context) => context.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  const open = (...titles: string[]) => signUpWith(browser, app, titles);

  test('a second tab shows what happens in the first one, and the other way round', async () => {
    const { page, openTab } = await open('Buy bread');
    const second = await openTab();
    await shows(second, 'Buy bread');
    await quickAdd(page, 'Call Mara');
    await shows(second, 'Buy bread', 'Call Mara');
    await checkOf(second, 'Buy bread').click();
    await shows(page, 'Call Mara');
    await taskOf(second, 'Call Mara').focus();
    await second.keyboard.press('Delete');
    await page.getByRole('heading', { name: 'Nothing to do' }).waitFor();
  });

  test('tags and lists of another device are there, and are gone, without asking', async () => {
    const { page, elsewhere, ids } = await open('Buy bread');
    const { id } = await elsewhere('POST', '/api/tags', { name: 'errand' });
    await page.getByRole('link', { name: 'errand' }).waitFor();
    await elsewhere('PATCH', `/api/tasks/${ids[0]}`, { tag_ids: [id] });
    const tag = page.locator('.task .tag');
    await tag.getByText('errand').waitFor();
    await elsewhere('PATCH', `/api/tags/${id}`, { name: 'shopping' });
    await tag.getByText('shopping').waitFor();
    await elsewhere('POST', '/api/lists', { name: 'Home' });
    await page.getByRole('link', { name: 'Home' }).waitFor();
    await elsewhere('DELETE', `/api/tags/${id}`);
    await tag.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'shopping' }).waitFor({ state: 'detached' });
  });

  test('what is done offline shows, survives a reload without a network, and is sent with the network', async () => {
    const person = await open('Buy bread', 'Call Mara', 'One', 'Two');
    const { page, context } = person;
    // The page keeps itself, and what it has read, on the device, when it is opened for the first time.
    await page.evaluate('navigator.serviceWorker.ready');
    await kept(person, 'Buy bread', 'Call Mara');
    await context.setOffline(true);
    await quickAdd(page, 'Water the plants');
    await checkOf(page, 'Buy bread').click();
    await taskOf(page, 'One').click({ modifiers: ['Shift'] });
    await taskOf(page, 'Two').click({ modifiers: ['Shift'] });
    await page.keyboard.press('x');
    await page.getByText('Offline, 4 changes wait').waitFor();
    await shows(page, 'Call Mara', 'Water the plants');
    await page.reload();
    await shows(page, 'Call Mara', 'Water the plants');
    await page.getByText('Offline, 4 changes wait').waitFor();
    await context.setOffline(false);
    await page.locator('.connection').waitFor({ state: 'detached' });
    await shows(page, 'Call Mara', 'Water the plants');
    await has(person, 'Buy bread', 'Call Mara', 'One', 'Two', 'Water the plants');
  });

  test('what was carried out and whose answer was lost is not done a second time', async () => {
    const { page, elsewhere } = await signUp(browser, app, {
      // Of a page that has one, requests cannot be held up.
      serviceWorkers: 'block',
      prepare: (person) =>
        person.elsewhere('POST', '/api/tasks', { title: 'Rent', due_date: '2031-01-31', recurrence: 'FREQ=WEEKLY' }),
    });
    const check = checkOf(page, 'Rent');
    await check.waitFor();
    let losesAnswers = true;
    let answers = 0;
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('mutation CompleteTask')) return route.fallback();
      const response = await route.fetch();
      if (losesAnswers) return route.abort();
      answers += 1;
      return route.fulfill({ response });
    });
    await check.click();
    await page.getByText('1 change waits').waitFor();
    await page.context().setOffline(true);
    await page.getByText('Offline, 1 change waits').waitFor();
    losesAnswers = false;
    await page.context().setOffline(false);
    await page.locator('.connection').waitFor({ state: 'detached' });
    const { items } = (await elsewhere('GET', '/api/tasks')) as unknown as { items: object[] };
    expect(items).toMatchObject([{ due_date: '2031-02-07', completed: false, version: 2 }]);
    expect(answers).toBe(1);
  });

  test('an access token that has ended is replaced, and nobody notices', async () => {
    const person = await open('Buy bread');
    const { page } = person;
    let renewals = 0;
    // Heard of in the browser, it may have been answered with a token that is refused as well.
    hearRequests(({ url }) => {
      if (url !== '/api/auth/token') return;
      app.ahead = 0;
      renewals += 1;
    });
    // For the server the token is over; the new one is of a moment at which it has to be good.
    app.ahead = 20 * MINUTE;
    const renewed = page.waitForResponse((response) => response.url().endsWith('/api/auth/token') && response.ok());
    await quickAdd(page, 'Call Mara');
    await renewed;
    await shows(page, 'Buy bread', 'Call Mara');
    await has(person, 'Buy bread', 'Call Mara');
    // Refused is the request or the live connection, whichever is first.
    expect(renewals).toBe(1);
  });

  test('a session that has ended asks to sign in, and what was done meanwhile waits for its user alone', async () => {
    // Of a page that has one, requests cannot be held up.
    const person = await signUpWith(browser, app, ['Buy bread'], { serviceWorkers: 'block' });
    const { page, context, email } = person;
    const field = page.getByLabel('New task', { exact: true });
    await field.fill('Call Mara');
    await context.clearCookies();
    // With that request: before it live updates could notice the end, and the page ask to sign in without the task.
    await page.route('**/graphql', (route) => {
      if (route.request().postData()?.includes('mutation CreateTask')) app.ahead = 20 * MINUTE;
      return route.fallback();
    });
    await field.press('Enter');
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await page.unroute('**/graphql');
    app.ahead = 0;
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('Name').fill('Grace Hopper');
    await page.getByLabel('Email').fill('somebody-else@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Nothing to do' }).waitFor();
    await quickAdd(page, 'Of Grace');
    await shows(page, 'Of Grace');
    await has(person, 'Buy bread');
    await page.getByRole('button', { name: 'Grace Hopper' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await shows(page, 'Buy bread', 'Call Mara');
    await has(person, 'Buy bread', 'Call Mara');
  });

  test('tabs share who is signed in: what one does for somebody is not done for somebody else in the other', async () => {
    const first = await open('Buy bread');
    const { context, page, openTab } = first;
    const second = await openTab();
    await shows(second, 'Buy bread');
    const data = { email: 'in-the-other-tab@example.com', name: 'Grace Hopper', password: PASSWORD };
    await context.request.post(`${app.url}/api/auth/sign-up/email`, { data, headers: { origin: app.url } });
    await second.reload();
    await second.getByRole('button', { name: 'Grace Hopper' }).waitFor();
    await page.getByRole('button', { name: 'Grace Hopper' }).waitFor();
    await page.getByRole('heading', { name: 'Nothing to do' }).waitFor();
    await second.getByRole('button', { name: 'Grace Hopper' }).click();
    await second.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await has(first, 'Buy bread');
  });

  test.each([
    ['Keep mine', 'Mine'],
    ['Take theirs', 'Theirs'],
  ])('what was changed in two places is a question: %s', async (answer, title) => {
    const person = await open('Buy bread');
    const { page, elsewhere, ids } = person;
    await taskOf(page, 'Buy bread').click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Mine');
    await elsewhere('PATCH', `/api/tasks/${ids[0]}`, { title: 'Theirs' });
    await page.getByRole('textbox', { name: 'Title' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Changed in two places' });
    await dialog.locator('.conflict-version p', { hasText: 'Theirs' }).waitFor();
    expect(await dialog.locator('.conflict-version p').allTextContents()).toEqual(['Mine', 'Theirs']);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '1 question waits' }).click();
    await dialog.getByRole('button', { name: answer }).click();
    await shows(page, title);
    await has(person, title);
  });

  test('what was written twice without a network is one question', async () => {
    const person = await open('Buy bread');
    const { page, context, elsewhere, ids } = person;
    await context.setOffline(true);
    for (const [before, after] of [
      ['Buy bread', 'First'],
      ['First', 'Second'],
    ] as const) {
      await taskOf(page, before).click();
      await page.getByRole('textbox', { name: 'Title' }).fill(after);
      await page.getByRole('textbox', { name: 'Title' }).press('Enter');
      await shows(page, after);
    }
    await page.getByText('Offline, 1 change waits').waitFor();
    await elsewhere('PATCH', `/api/tasks/${ids[0]}`, { title: 'Theirs' });
    await context.setOffline(false);
    const dialog = page.getByRole('dialog', { name: 'Changed in two places' });
    await dialog.locator('.conflict-version p', { hasText: 'Theirs' }).waitFor();
    expect(await dialog.locator('.conflict-version p').allTextContents()).toEqual(['Second', 'Theirs']);
    await has(person, 'Theirs');
  });

  test('what the server refuses is rolled back, and says so', async () => {
    const { page, elsewhere, ids } = await open('Buy bread', 'Call Mara');
    // Nothing tells the page that it is gone.
    await page.context().setOffline(true);
    await page.getByText('Offline').waitFor();
    await elsewhere('DELETE', `/api/tasks/${ids[0]}`);
    await checkOf(page, 'Buy bread').click();
    await page.getByText('1 change waits').waitFor();
    await page.context().setOffline(false);
    await page.getByText('Not saved. That is not there any more.').waitFor();
    await shows(page, 'Call Mara');
  });
});

/** Waits until the page is on the device, and these tasks: both are put there when there is time. */
async function kept({ page, userId }: Person, ...titles: string[]): Promise<void> {
  const read = `(async () => {
    const page = await caches.match('/');
    // Made here, it would be without what the page makes in it.
    const names = (await indexedDB.databases()).map(({ name }) => name);
    if (!names.includes('keyval-store')) return '';
    const database = await new Promise((resolve) => {
      const request = indexedDB.open('keyval-store');
      request.onsuccess = () => resolve(request.result);
    });
    const record = await new Promise((resolve) => {
      const request = database.transaction('keyval').objectStore('keyval').get('cache of ${userId}');
      request.onsuccess = () => resolve(request.result);
    });
    database.close();
    return page ? JSON.stringify(record ?? '') : '';
  })()`;
  await eventually(
    'the tasks are on the device',
    async () => {
      const text = await page.evaluate<string>(read);
      return titles.every((title) => text.includes(`"${title}"`));
    },
    30_000,
  );
}
