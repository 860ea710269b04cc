import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { browserSuite, startBrowser } from './support/browser-suite.ts';
import { type Person, shows, signUpWith, startWebApp, taskOf, type WebApp } from './support/web.ts';

browserSuite('writing and keys in the front end', () => {
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

  async function open(titles: readonly string[] = []): Promise<Person> {
    opened = await signUpWith(browser, app, titles);
    return opened;
  }

  test('a due date is typed part by part, and saved when it is whole', async () => {
    const person = await open();
    await person.elsewhere('POST', '/api/tasks', { title: 'Rent', due_date: '2031-12-24', recurrence: 'FREQ=MONTHLY' });
    const { page } = person;
    await taskOf(page, 'Rent').click();
    await page.getByRole('textbox', { name: 'Due date' }).focus();
    await page.keyboard.type('01152032');
    await page.keyboard.press('Escape');
    await page.locator('.task').getByText('Jan 15, 2032').waitFor();
    await eventually('it is saved', async () => {
      const { items } = (await person.elsewhere('GET', '/api/tasks')) as unknown as { items: Record<string, string>[] };
      const [{ due_date, recurrence, version } = {}] = items;
      return due_date === '2032-01-15' && recurrence === 'FREQ=MONTHLY' && Number(version) === 2;
    });
  });

  test('a day that begins while the page is open is noticed', async () => {
    const person = await open();
    const { page } = person;
    const tomorrow = await page.evaluate<string>(`new Date(Date.now() + 86_400_000).toLocaleDateString('sv')`);
    await person.elsewhere('POST', '/api/tasks', { title: 'Rent', due_date: tomorrow });
    await page.locator('.task').getByText('Tomorrow').waitFor();
    await page.clock.setSystemTime(Date.now() + 86_400_000);
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await page.locator('.task').getByText('Today').waitFor();
  });

  test('what is being written in a card stays, however the card is left', async () => {
    const { page } = await open(['Prepare the talk']);
    await taskOf(page, 'Prepare the talk').click();
    await page.getByLabel('New subtask').fill('Rehearse');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Subtasks of Prepare the talk' }).click();
    await taskOf(page, 'Rehearse').waitFor();
    await taskOf(page, 'Prepare the talk').click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Prepare the speech');
    await page.locator('.card').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('textbox', { name: 'Title' }).press('Escape');
    await shows(page, 'Prepare the speech', 'Rehearse');
  });

  test('keys go on where they were when a row leaves the list', async () => {
    const { page } = await open(['One', 'Two', 'Three', 'Four']);
    await taskOf(page, 'One').focus();
    await page.keyboard.press('j');
    for (const rest of [
      ['One', 'Three', 'Four'],
      ['One', 'Four'],
    ]) {
      await page.keyboard.press('x');
      await shows(page, ...rest);
      await eventually('the focus is back', () => page.evaluate<boolean>(`document.activeElement !== document.body`));
    }
    await page.keyboard.press('Delete');
    await shows(page, 'One');
    await eventually('the last one has the focus', () =>
      page.evaluate<boolean>(`document.activeElement.textContent === 'One'`),
    );
  });

  test('single keys can be turned off, stay so, and are turned on in the help that a menu opens', async () => {
    const { page } = await open(['One', 'Two']);
    const singleKeys = page.getByRole('checkbox', { name: 'Single-key shortcuts' });
    await page.keyboard.press('?');
    await singleKeys.uncheck();
    await page.keyboard.press('Escape');
    await page.reload();
    await taskOf(page, 'One').focus();
    for (const key of ['?', 'x', 's', 'Delete', '5']) await page.keyboard.press(key);
    await page.keyboard.press('Alt+ArrowDown');
    await shows(page, 'Two', 'One');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('button', { name: 'Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await singleKeys.check();
    await page.keyboard.press('Escape');
    await taskOf(page, 'One').focus();
    await page.keyboard.press('x');
    await shows(page, 'Two');
  });

  test('what cannot be undone is asked for first, with the focus on Cancel', async () => {
    const { page, elsewhere } = await open(['One', 'Two']);
    await elsewhere('POST', '/api/lists', { name: 'Errands' });
    await page.getByRole('button', { name: 'Edit Errands' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const question = page.getByRole('dialog', { name: 'Delete list “Errands”?' });
    await question.waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Edit list' }).getByRole('button', { name: 'Delete' }).click();
    await question.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'Errands' }).waitFor({ state: 'detached' });

    await taskOf(page, 'Two').focus();
    await page.keyboard.press('Delete');
    await shows(page, 'One');
    await page.getByRole('link', { name: 'Trash' }).click();
    const purge = page.getByRole('button', { name: 'Delete Two for good' });
    for (const key of ['Escape', 'Enter']) {
      await purge.press('Enter');
      await page.getByRole('dialog', { name: 'Delete “Two” for good?' }).waitFor();
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await eventually('the focus is back', () =>
        page.evaluate<boolean>(`document.activeElement.ariaLabel === 'Delete Two for good'`),
      );
    }
    await purge.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'The trash is empty' }).waitFor();
  });

  test('a search is asked for when the keys pause, or at once with Enter', async () => {
    const { page } = await open(['Buy bread', 'Water the plants']);
    const asked: string[] = [];
    page.on('request', (request) => {
      const search = /"search":"([^"]*)"/.exec(request.postData() ?? '')?.[1];
      if (search !== undefined && !asked.includes(search)) asked.push(search);
    });
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 1000);
    await page.getByLabel('Search tasks').pressSequentially('bread');
    await page.clock.runFor(199);
    await shows(page, 'Buy bread', 'Water the plants');
    expect(asked).toEqual([]);
    await page.clock.runFor(1);
    await shows(page, 'Buy bread');
    await page.keyboard.type('x');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
    expect(asked).toEqual(['bread', 'breadx']);
  });

  test('of two toasts each takes back what it tells of', async () => {
    const { page } = await open(['One', 'Two', 'Three']);
    for (const title of ['One', 'Two']) {
      await taskOf(page, title).focus();
      await page.keyboard.press('Delete');
      await page.getByText(`“${title}” is in the trash`).waitFor();
    }
    await page.locator('.toast', { hasText: 'One' }).getByRole('button', { name: 'Undo' }).click();
    await shows(page, 'One', 'Three');
    await page.locator('.toast', { hasText: 'Two' }).getByRole('button', { name: 'Undo' }).click();
    await shows(page, 'One', 'Two', 'Three');
  });
});
