import { createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { startMessage } from '../ops/start-message.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/** The server as one process. */
export async function runAlone(config: Config): Promise<void> {
  const starting = createApp(config);
  const stopping = stopOnSignals(starting, config.shutdown.timeout);
  const app = await starting;
  if (stopping.hasBegun) return;
  const url = await app.listen();
  console.log(startMessage(config, url));
}
