import { createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { createLogger } from '../core/logger.ts';
import { startMessage } from '../ops/start-message.ts';
import { createDoor } from './door.ts';
import { endAtFaults } from './end-at-faults.ts';
import { startWhenPossible } from './start-when-possible.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/** The server as one process. */
export async function runAlone(config: Config): Promise<void> {
  const logger = createLogger(config.logging);
  const start = startWhenPossible(
    (signal) => createApp(config, { logger, signal }),
    createDoor(config, logger),
    logger,
  );
  const stopping = stopOnSignals(start.app, config.shutdown.timeout, start.abandon);
  endAtFaults(logger, () => stopping.begin({ reason: 'fault' }, 1));
  const app = await start.app;
  if (app === undefined || stopping.hasBegun) return;
  const url = await app.listen();
  console.log(startMessage(config, url));
}
