import cluster from 'node:cluster';
import { createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { createLogger } from '../core/logger.ts';
import { channelToPrimary } from '../workers/channel-to-primary.ts';
import { shareOf, siblingsBy } from '../workers/siblings.ts';
import { createDoor } from './door.ts';
import { endAtFaults } from './end-at-faults.ts';
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
  const start = startWhenPossible(() => createApp(share, { logger }, siblings), createDoor(share, logger), logger);
  let isStopping = false;
  let worst = 0;
  function stop(exitCode: number): void {
    worst = Math.max(worst, exitCode);
    if (isStopping) return;
    isStopping = true;
    start.abandon();
    setTimeout(() => process.exit(1), share.shutdown.timeout).unref();
    start.app
      // What could not start has nothing to stop.
      .then(
        (app) => app?.close(),
        () => {},
      )
      .then(
        () => process.exit(worst),
        (error: unknown) => {
          logger.error({ err: error }, 'this worker did not stop in order');
          process.exit(1);
        },
      );
  }
  primary.listen(({ kind }) => {
    if (kind === 'stop') stop(0);
  });
  // The primary puts another one in its place.
  endAtFaults(logger, () => stop(1));
  try {
    const app = await start.app;
    if (app !== undefined && !isStopping) primary.send({ kind: 'ready', url: await app.listen() });
  } catch (error) {
    if (isStopping) return;
    await primary.sendLast({ kind: 'failed', reason: explained(error) ?? String((error as Error).stack ?? error) });
    process.exit(1);
  }
}
