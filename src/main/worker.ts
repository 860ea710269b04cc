import cluster from 'node:cluster';
import { createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { createLogger } from '../core/logger.ts';
import { channelToPrimary } from '../workers/channel-to-primary.ts';
import { shareOf, siblingsBy } from '../workers/siblings.ts';
import { createDoor } from './door.ts';
import { endAtFaults } from './end-at-faults.ts';
import { createEnding } from './ending.ts';
import { explained } from './explained.ts';
import { startWhenPossible } from './start-when-possible.ts';

/** One of several processes that answer requests. */
export async function runWorker(config: Config): Promise<void> {
  // A terminal and an init system signal the whole group, but only the primary knows the order: it says when to stop.
  process.on('SIGTERM', () => {});
  process.on('SIGINT', () => {});
  const logger = createLogger(config.logging).child({ worker: cluster.worker?.id });
  const primary = channelToPrimary();
  const share = shareOf(config);
  const siblings = siblingsBy(primary);
  const start = startWhenPossible(
    (signal) => createApp(share, { logger, signal }, siblings),
    createDoor(share, logger),
    logger,
  );
  const ending = createEnding({
    close() {
      start.abandon();
      // What could not start has nothing to stop.
      return start.app.catch(() => undefined).then((app) => app?.close());
    },
    timeout: share.shutdown.timeout,
    failed: (error) => logger.error({ err: error }, 'this worker did not stop in order'),
  });
  primary.listen(({ kind }) => {
    if (kind === 'stop') ending.begin(0);
  });
  // The primary puts another one in its place.
  endAtFaults(logger, () => ending.begin(1));
  try {
    const app = await start.app;
    if (app !== undefined && !ending.hasBegun) primary.send({ kind: 'ready', url: await app.listen() });
  } catch (error) {
    if (ending.hasBegun) return;
    await primary.sendLast({ kind: 'failed', reason: explained(error) ?? String((error as Error).stack ?? error) });
    process.exit(1);
  }
}
