import { runToEnd } from '../cleanup.ts';
import { requireCompiled } from '../contenders.ts';
import { startClients } from './client-process.ts';
import { measureDelays } from './delays.ts';
import { measureEvents } from './events.ts';
import { measureIdle } from './idle.ts';
import { setStage } from './stage.ts';

/** `npm run bench:sync`: what subscriptions take while nothing happens, what telling of a change costs, and how long it takes. */
async function main(): Promise<void> {
  requireCompiled(['product']);
  const stage = await setStage();
  const server = await stage.startServer();
  const clients = startClients();
  await measureDelays(stage, server, clients);
  await measureEvents(stage, server, clients);
  await measureIdle(stage);
}

await runToEnd(main);
