import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type ConsoleMessage, chromium, type Page } from 'playwright-core';

/** Where systems install Chromium or Chrome, unless CHROME_PATH names one. */
const CANDIDATES = process.env.CHROME_PATH
  ? [process.env.CHROME_PATH]
  : [
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ];

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Offline: every name but this machine's is unknown to it.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** The path of this machine's browser. */
export function findBrowser(): string | undefined {
  return CANDIDATES.find((path) => existsSync(path));
}

export const NO_BROWSER = `no browser at ${CANDIDATES.join(', ')}; set CHROME_PATH to a Chromium or Chrome`;

/** @throws Error when the machine has no browser */
export function launchBrowser(executablePath: string | undefined): Promise<Browser> {
  if (executablePath === undefined) throw new Error(`There is ${NO_BROWSER}`);
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** A page that notes what a user never sees. */
export interface WatchedPage {
  readonly page: Page;
  /** URLs of requests that left the server */
  readonly foreignRequests: readonly string[];
  /** errors on the console, uncaught exceptions, and what the content security policy has stopped */
  readonly complaints: readonly string[];
  /** into the folder that SCREENSHOT_DIR names, if it does */
  screenshot(name: string): Promise<void>;
}

/** Opens a page of its own, without cookies and storage of others. */
export async function openPage(browser: Browser, url: string): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const foreignRequests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(url).origin) foreignRequests.push(request.url());
  });
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) => {
    console.error('policy', event.violatedDirective, event.blockedURI);
  })`);
  await page.goto(url);
  return {
    page,
    foreignRequests,
    complaints,
    async screenshot(name) {
      const { SCREENSHOT_DIR } = process.env;
      if (SCREENSHOT_DIR) await page.screenshot({ path: join(SCREENSHOT_DIR, `${name}.png`) });
    },
  };
}
