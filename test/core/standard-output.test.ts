import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const run = promisify(execFile);

/** Logs some lines in several turns of the event loop, and says on standard error that it got that far. */
const PROGRAM = `
  import { setTimeout } from 'node:timers/promises';
  import { createLogger } from './src/core/logger.ts';
  const logger = createLogger({ level: 'info', format: 'json' });
  for (let line = 1; line <= 5; line++) {
    logger.info({ line }, 'told');
    await setTimeout(1);
  }
  logger.info('last');
  console.error('alive');
`;
const ARGUMENTS = ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM];

it('has every line when the process ends by itself', async () => {
  const { stdout } = await run(process.execPath, ARGUMENTS);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ line, msg }) => line ?? msg)).toEqual([1, 2, 3, 4, 5, 'last']);
});

// Each error became an unexpected fault, which was logged, which failed again, until the process was ended by force.
it('that cannot be written to is told once on standard error, and the process goes on', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, ARGUMENTS, { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  const [complaint, exit] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
  expect(exit).toEqual([0, null]);
  expect(complaint.trim().split('\n')).toEqual([
    'The log cannot be written: ENOSPC: no space left on device, write',
    'alive',
  ]);
});
