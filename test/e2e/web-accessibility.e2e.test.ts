import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { browserSuite, startBrowser } from './support/browser-suite.ts';
import { sampleDay } from './support/sample-day.ts';
import { openWeb, SIZES, signUp, startWebApp, taskOf, type WebApp } from './support/web.ts';

const PLACES = ['desk', 'phone'] as const;

browserSuite('the front end is for everybody', () => {
  jest.setTimeout(180_000);
  let browser: Browser;
  let app: WebApp;
  let axe: string;

  beforeAll(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    [browser, app] = await Promise.all([startBrowser(), startWebApp()]);
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  /** What axe-core calls serious or critical in what is shown now; in the dark only the colours are others. */
  async function faults(page: Page): Promise<string[]> {
    await page.evaluate(`window.axe ?? (() => { ${axe} })()`);
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const rules = colorScheme === 'dark' ? `, runOnly: ['color-contrast']` : '';
      const { violations } = await page.evaluate<AxeResults>(
        `axe.run(document, { resultTypes: ['violations']${rules} })`,
      );
      for (const { id, impact, nodes } of violations) {
        if (impact !== 'serious' && impact !== 'critical') continue;
        found.push(...nodes.map(({ html }) => `${id}, ${colorScheme}: ${html}`));
      }
    }
    return found;
  }

  test.each(PLACES)('signing in has no serious fault at a %s, light or dark', async (size) => {
    const page = await openWeb(browser, app, { viewport: SIZES[size] });
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('Name').waitFor();
    expect(await faults(page)).toEqual([]);
  });

  test.each(PLACES)('no view of the tasks has a serious fault at a %s, light or dark', async (size) => {
    const { page } = await signUp(browser, app, { viewport: SIZES[size], prepare: sampleDay });
    const found: Record<string, string[]> = {};
    const look = async (view: string) => {
      found[view] = await faults(page);
    };
    await page.getByRole('button', { name: 'Subtasks of Prepare the quarterly review' }).click();
    await taskOf(page, 'Rehearse once').waitFor();
    await look('all tasks');
    await taskOf(page, 'Prepare the quarterly review').click();
    await page.getByText('History').click();
    await page.getByText('Created').waitFor();
    await look('an open task');
    await page.getByRole('textbox', { name: 'Title' }).press('Escape');
    await page.getByRole('button', { name: 'Priority' }).click();
    await page.getByLabel('Urgent', { exact: true }).waitFor();
    await look('a menu');
    await page.keyboard.press('Escape');
    await taskOf(page, 'Renew the passport').focus();
    await page.keyboard.press('s');
    await page.getByText('1 selected').waitFor();
    await look('selected tasks');
    await page.keyboard.press('x');
    await page.getByText('1 task completed').waitFor();
    await look('a toast');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await look('the help');
    await page.keyboard.press('Escape');
    if (size === 'phone') await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('button', { name: 'New list' }).waitFor();
    await look('the sidebar');
    await page.getByRole('button', { name: 'New list' }).click();
    await page.getByRole('dialog', { name: 'New list' }).waitFor();
    await look('a new list');
    await page.goto(`${app.url}/#/today`);
    await page.reload();
    await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
    await page.locator('.task').first().waitFor();
    await look('today');
    await page.keyboard.press('4');
    await page.locator('.task[data-completed]').first().waitFor();
    await look('completed');
    await page.keyboard.press('5');
    await page.getByRole('button', { name: /^Restore/ }).waitFor();
    await look('the trash');
    await page
      .getByRole('button', { name: /for good$/ })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
    await look('a question');
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((view) => [view, []])));
  });

  test('names of any length and tags of any colour fit a phone, light or dark', async () => {
    const name = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbea';
    const { page } = await signUp(browser, app, {
      viewport: SIZES.phone,
      async prepare({ elsewhere }) {
        const list = await elsewhere('POST', '/api/lists', { name });
        const long = await elsewhere('POST', '/api/tags', { name, color: '#ffffff' });
        const black = await elsewhere('POST', '/api/tags', { name: 'errand', color: '#000000' });
        const labels = { list_id: list.id, tag_ids: [long.id, black.id] };
        await elsewhere('POST', '/api/tasks', { title: 'Renew the passport', ...labels });
      },
    });
    const isWithin = () => page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');
    await page.locator('.tag').first().waitFor();
    expect([await faults(page), await isWithin()]).toEqual([[], true]);
    await taskOf(page, 'Renew the passport').click();
    await page
      .locator('.card')
      .getByRole('button', { name: /errand/ })
      .waitFor();
    expect(await isWithin()).toBe(true);
  });
});
