import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { browserSuite, startBrowser } from './support/browser-suite.ts';
import {
  checkOf,
  has,
  openWeb,
  type Person,
  quickAdd,
  shows,
  signUpWith,
  startWebApp,
  taskOf,
  type WebApp,
} from './support/web.ts';

browserSuite('a day with the front end', () => {
  jest.setTimeout(180_000);
  let browser: Browser;
  let app: WebApp;
  let opened: Person | undefined;

  beforeAll(async () => {
    [browser, app] = await Promise.all([startBrowser(), startWebApp()]);
  });
  afterEach(async () => {
    const complaints = opened?.complaints ?? [];
    await Promise.all(browser.contexts().map((context) => context.close()));
    opened = undefined;
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  async function open(titles: readonly string[] = [], options: BrowserContextOptions = {}): Promise<Person> {
    opened = await signUpWith(browser, app, titles, options);
    return opened;
  }

  test('begins with an account, and an empty list', async () => {
    const page = await openWeb(browser, app);
    await page.getByLabel('Email').fill('grace@example.com');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Invalid email or password').waitFor();
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByText('Invalid email or password').waitFor({ state: 'detached' });
    await page.getByLabel('Name').fill('Grace Hopper');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Nothing to do' }).waitFor();
    await page.getByRole('button', { name: 'Grace Hopper' }).waitFor();
  });

  test('what is written down shows at once in the order in which it was written, and is there after a reload', async () => {
    const person = await open();
    await quickAdd(person.page, 'Buy bread', 'Call Mara', 'Water the plants');
    await shows(person.page, 'Buy bread', 'Call Mara', 'Water the plants');
    await has(person, 'Buy bread', 'Call Mara', 'Water the plants');
    // That is said only of what is not to be seen.
    expect(await person.page.getByText('Added').count()).toBe(0);
    await person.page.reload();
    await shows(person.page, 'Buy bread', 'Call Mara', 'Water the plants');
  });

  test('what is added stands where it can be seen, however long the list is', async () => {
    const { page } = await open(Array.from({ length: 30 }, (_, number) => `Task ${number}`));
    await quickAdd(page, 'The newest');
    await taskOf(page, 'The newest').waitFor();
    await inView(page, '.tasks > li:last-child .task-title');
    await inView(page, '#quick-add');
  });

  test('a new tag is put on a task, and the list is narrowed to it', async () => {
    const { page } = await open(['Buy bread', 'Call Mara']);
    await page.getByRole('button', { name: 'New tag' }).click();
    await page.getByLabel('Name').fill('errand');
    await page.getByLabel('Orange').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'errand' }).waitFor();
    await taskOf(page, 'Buy bread').click();
    await page.locator('.card').getByRole('button', { name: 'Tags' }).click();
    await page.locator('.card').getByLabel('errand').check();
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Title' }).press('Enter');
    await page.locator('.task', { hasText: 'Buy bread' }).getByText('errand').waitFor();
    await page.locator('.filters').getByRole('button', { name: 'Tags' }).click();
    await page.locator('.filters').getByLabel('errand').check();
    await shows(page, 'Buy bread');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Clear' }).click();
    await shows(page, 'Buy bread', 'Call Mara');
  });

  test('a task that gets a due date is in Today, and repeats from its completion if that is wanted', async () => {
    const person = await open(['Buy bread', 'Water the plants']);
    const { page } = person;
    await taskOf(page, 'Water the plants').click();
    const today = await page.evaluate<string>(`new Date().toLocaleDateString('sv')`);
    await page.getByRole('textbox', { name: 'Due date' }).fill(today);
    await page.getByLabel('Repeat', { exact: true }).selectOption('Every week');
    await page.getByLabel('Repeat from').selectOption('From completion');
    await page.getByRole('textbox', { name: 'Title' }).press('Enter');
    await page.getByRole('link', { name: /Today/ }).click();
    await shows(page, 'Water the plants');
    await page.locator('.task').getByText('Today').waitFor();
    const { items } = (await person.elsewhere('GET', '/api/tasks?search=plants')) as unknown as { items: object[] };
    expect(items).toMatchObject([{ due_date: today, recurrence: 'FREQ=WEEKLY', recurrence_basis: 'COMPLETION' }]);
  });

  test('a task is dragged to another place', async () => {
    const person = await open(['One', 'Two', 'Three']);
    const { page } = person;
    await page.locator('.task', { hasText: 'One' }).hover();
    await page.getByRole('button', { name: 'Move One' }).hover();
    await page.mouse.down();
    const { x, y, height } = await boxOf(page.locator('.task', { hasText: 'Three' }));
    await page.mouse.move(x, y + height / 2, { steps: 8 });
    await page.locator('[data-dragging]').waitFor();
    await page.mouse.move(x, y + height - 4, { steps: 4 });
    await page.mouse.up();
    await shows(page, 'Two', 'Three', 'One');
    await has(person, 'Two', 'Three', 'One');
  });

  test('a task is moved with the keyboard, by its grip or by itself', async () => {
    const person = await open(['One', 'Two', 'Three']);
    const { page } = person;
    await taskOf(page, 'Three').focus();
    await page.keyboard.press('Alt+ArrowUp');
    await shows(page, 'One', 'Three', 'Two');
    await page.getByRole('button', { name: 'Move One' }).press('Space');
    // Until its own place is measured and said, an arrow key goes nowhere.
    await page.getByText('One, place 1 of 3').waitFor({ state: 'attached' });
    await page.keyboard.press('ArrowDown');
    await page.getByText('One, place 2 of 3').waitFor({ state: 'attached' });
    await page.keyboard.press('Space');
    await shows(page, 'Three', 'One', 'Two');
    await has(person, 'Three', 'One', 'Two');
  });

  test('a completed task leaves the list, and the toast takes it back', async () => {
    const person = await open(['Buy bread', 'Call Mara']);
    const { page } = person;
    await checkOf(page, 'Buy bread').click();
    await shows(page, 'Call Mara');
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await shows(page, 'Buy bread', 'Call Mara');
    await taskOf(page, 'Buy bread').click();
    await page.getByText('History').click();
    const changes = page.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    await changes.first().waitFor();
    expect((await changes.allInnerTexts()).map((text) => text.split('\n')[0])).toEqual([
      'Opened again',
      'Completed',
      'Created',
    ]);
  });

  test('several tasks are changed at once, by keys or by the bar, and one undo takes it back', async () => {
    const person = await open(['One', 'Two', 'Three', 'Four']);
    const { page } = person;
    await taskOf(page, 'One').click({ modifiers: ['Shift'] });
    await taskOf(page, 'Three').click({ modifiers: ['Shift'] });
    await page.getByText('3 selected').waitFor();
    await page.getByRole('button', { name: 'Give a priority' }).click();
    await page.getByRole('button', { name: 'High' }).click();
    await page.getByText('3 tasks given another priority').waitFor();
    await page.getByRole('checkbox', { name: 'Three, high priority' }).waitFor();

    await taskOf(page, 'Two').focus();
    await page.keyboard.press('s');
    await page.keyboard.press('j');
    await page.keyboard.press('s');
    await page.getByText('2 selected').waitFor();
    await page.keyboard.press('x');
    await shows(page, 'One', 'Four');
    await page.locator('.toast', { hasText: '2 tasks completed' }).getByRole('button', { name: 'Undo' }).click();
    await shows(page, 'One', 'Two', 'Three', 'Four');

    await page.keyboard.press('a');
    await page.getByText('4 selected').waitFor();
    await page.keyboard.press('Delete');
    await page.getByRole('heading', { name: 'Nothing to do' }).waitFor();
    await page.locator('.toast', { hasText: '4 tasks in the trash' }).getByRole('button', { name: 'Undo' }).click();
    await has(person, 'One', 'Two', 'Three', 'Four');
    await shows(page, 'One', 'Two', 'Three', 'Four');
  });

  test('a deleted task waits in the trash and comes back to its place', async () => {
    const { page } = await open(['One', 'Two', 'Three']);
    await taskOf(page, 'Two').focus();
    await page.keyboard.press('Delete');
    await shows(page, 'One', 'Three');
    await page.getByRole('link', { name: 'Trash' }).click();
    await page.getByRole('button', { name: 'Restore Two' }).click();
    await page.getByRole('heading', { name: 'The trash is empty' }).waitFor();
    await page.getByRole('link', { name: /All tasks/ }).click();
    await shows(page, 'One', 'Two', 'Three');
  });

  test('search and filters find what is meant', async () => {
    const { page } = await open(['Buy bread', 'Call Mara about bread', 'Water the plants']);
    await page.keyboard.press('/');
    await page.keyboard.type('bread mara');
    await shows(page, 'Call Mara about bread');
    await page.getByLabel('Search tasks').fill('');
    await shows(page, 'Buy bread', 'Call Mara about bread', 'Water the plants');
    await checkOf(page, 'Buy bread').click();
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByLabel('Completed', { exact: true }).check();
    await shows(page, 'Buy bread');
  });

  test('a long list goes on while it is scrolled', async () => {
    const titles = Array.from({ length: 100 }, (_, number) => `Task ${String(number).padStart(3, '0')}`);
    const { page } = await open(titles);
    for (const title of [titles[39], titles[79], titles[99]]) {
      const row = taskOf(page, title ?? '');
      await row.waitFor();
      await row.scrollIntoViewIfNeeded();
    }
    await shows(page, ...titles);
    await page.getByRole('button', { name: 'Load more' }).waitFor({ state: 'detached' });
  });

  test('who signs out leaves nothing on the device', async () => {
    const { page } = await open(['Buy bread']);
    await page.getByRole('button', { name: 'Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    expect(await page.evaluate('localStorage.length')).toBe(0);
  });
});

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (!box) throw new Error('It is not there');
  return box;
}

/** Waits until it is within the window, and nothing lies over it. Playwright itself would scroll to what it clicks. */
async function inView(page: Page, selector: string): Promise<void> {
  const isSo = `(() => {
    const element = document.querySelector('${selector}');
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const seen = [document.elementFromPoint(left + 4, top + 4), document.elementFromPoint(right - 4, bottom - 4)];
    return seen.every((one) => one === element);
  })()`;
  await eventually(`${selector} is in view`, () => page.evaluate<boolean>(isSo));
}
