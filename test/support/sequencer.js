import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';

// Jest's own, which comes with it.
const { default: Sequencer } = createRequire(createRequire(import.meta.url).resolve('@jest/core'))(
  '@jest/test-sequencer',
);

/**
 * Files that take long, the longest first. Jest knows durations of a machine's earlier runs only and goes by sizes
 * otherwise, by which a file that waits for minutes comes last and leaves all other workers with nothing to do.
 */
const LONG = [
  'main/idle',
  'failures/kill',
  'tasks/plans-among-millions.service',
  'sync/devices',
  'tasks/sorting.service',
  'main/shutdown',
  'main/rolling-restart',
  'failures/boot',
  'audit/security-events',
  'security/isolation.property',
  'db/migrations-in-use',
  'e2e/browser.e2e',
  'e2e/web-day.e2e',
  'e2e/web-accessibility.e2e',
  'e2e/web-connections.e2e',
  'e2e/web-keys.e2e',
  'tasks/search-among-many.service',
  'tasks/list-model.service',
  'failures/connections',
  'commands/import',
  'commands/migrate',
  'commands/backup',
  'workers/workers',
  'main/faults',
  'contract/contract',
  'contract/openapi.rest',
  'db/embedded-postgres',
];

export default class LongFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path, context }) => {
      const name = relative(context.config.rootDir, path).split(sep).join('/');
      const place = LONG.findIndex((long) => name === `test/${long}.test.ts`);
      return place === -1 ? LONG.length : place;
    };
    return [...super.sort(tests)].sort((one, other) => rank(one) - rank(other));
  }
}
