/** `npm run screenshots`: makes the pictures of docs/images anew, from a server of its own with a day of sample tasks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { findBrowser, launchBrowser } from '../test/e2e/support/browser.ts';
import { freePort } from '../test/e2e/support/live.ts';
import { sampleDay } from '../test/e2e/support/sample-day.ts';

const ROOT = join(import.meta.dirname, '..');
const IMAGES = join(ROOT, 'docs', 'images');
const PLACES = {
  desk: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
} as const;

/** A server in development, as `npm start` runs it, on a port and with data of its own. */
async function startServer() {
  const [port, directory] = [await freePort(), await mkdtemp(join(tmpdir(), 'premium-todo-screenshots-'))];
  const env = { ...process.env, PORT: String(port), DATA_DIR: directory, DATABASE_URL: '', LOG_LEVEL: 'warn' };
  const server = spawn(process.execPath, ['dist/src/main.js'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://localhost:${port}`;
  while (
    !(await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (server.exitCode !== null) throw new Error('The server has not started');
    await delay(200);
  }
  return {
    url,
    async stop() {
      server.kill('SIGTERM');
      await once(server, 'exit');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Answers the cookies of somebody with a day of tasks. */
async function signUp(browser: Browser, url: string) {
  const context = await browser.newContext();
  const data = { email: 'ada@example.com', name: 'Ada Lovelace', password: 'correct horse battery' };
  await context.request.post(`${url}/api/auth/sign-up/email`, { data, headers: { origin: url } });
  const { token } = await (await context.request.get(`${url}/api/auth/token`)).json();
  await sampleDay({
    async elsewhere(method, path, body) {
      const response = await context.request.fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { data: body }),
      });
      if (!response.ok()) throw new Error(`${method} ${path}: ${await response.text()}`);
      return response.status() === 204 ? {} : response.json();
    },
  });
  const state = await context.storageState();
  await context.close();
  return state;
}

async function save(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled', caret: 'hide' });
  console.log(`docs/images/${name}.png`);
}

async function showTasks(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Subtasks of Prepare the quarterly review' }).click();
  await page.getByRole('button', { name: 'Rehearse once', exact: true }).waitFor();
  // The numbers of the sidebar, and no row that is pointed at or has the focus.
  await page.evaluate('document.activeElement.blur()');
  await page.locator('.nav-count').first().waitFor({ state: 'attached' });
  await page.mouse.move(0, 0);
}

async function showPlayground(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'CreateTask', exact: true }).click();
  await page.waitForTimeout(500);
  await page.getByRole('button', { name: 'Execute query' }).click();
  await page.locator('.graphiql-response').getByText('"Water the plants"').waitFor();
  await page.mouse.move(0, 0);
}

const server = await startServer();
const browser = await launchBrowser(findBrowser());
try {
  const storageState = await signUp(browser, server.url);
  for (const [place, screen] of Object.entries(PLACES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ ...screen, colorScheme, storageState, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await page.goto(server.url);
      await showTasks(page);
      await save(page, `web-${place}-${colorScheme}`);
      await context.close();
    }
  }
  const page = await browser.newPage({ ...PLACES.desk, colorScheme: 'light' });
  await page.goto(`${server.url}/graphql`);
  await showPlayground(page);
  await save(page, 'playground');
} finally {
  await browser.close();
  await server.stop();
}
