import { describe } from '@jest/globals';
import { findBrowser, launchBrowser, NO_BROWSER } from './browser.ts';

const executable = findBrowser();
const isSkipped = executable === undefined && process.env.CI !== 'true';
if (isSkipped) console.warn(`The browser tests are skipped: there is ${NO_BROWSER}.`);

/** Tests that need a browser: skipped on machines without one, unless they are build servers. */
export const browserSuite = isSkipped ? describe.skip : describe;

export const startBrowser = () => launchBrowser(executable);
