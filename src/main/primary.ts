import type { Config } from '../config.ts';
import { createLogger } from '../core/logger.ts';
import { startMessage } from '../ops/start-message.ts';
import { createPrimary } from '../workers/primary.ts';
import { endAtFaults } from './end-at-faults.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/** The server as several processes: this one keeps the others. */
export async function runPrimary(config: Config): Promise<void> {
  const logger = createLogger(config.logging);
  const starting = createPrimary(config, logger, () => stopping.begin({ reason: 'workers' }, 1));
  const stopping = stopOnSignals(starting, config.shutdown.timeout);
  endAtFaults(logger, () => stopping.begin({ reason: 'fault' }, 1));
  const primary = await starting;
  // However this process ends, it leaves no worker behind.
  process.on('exit', primary.kill);
  if (stopping.hasBegun) return;
  try {
    console.log(startMessage(config, await primary.listen()));
  } catch (error) {
    // A worker that was told to stop while it started is no failure.
    if (stopping.hasBegun) return;
    await primary.close().catch(() => {});
    throw error;
  }
}
