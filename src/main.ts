import cluster from 'node:cluster';
import { loadConfig, loadEnvFile } from './config.ts';
import { explained } from './main/explained.ts';

try {
  await start();
} catch (error) {
  console.error(explained(error) ?? error);
  process.exit(1);
}

/** Each way to run loads only what it needs. */
async function start(): Promise<void> {
  // A worker has the settings in its environment: a file that was changed meanwhile must not make it differ from others.
  if (cluster.isPrimary) loadEnvFile();
  const config = loadConfig(process.env);
  if (cluster.isWorker) await (await import('./main/worker.ts')).runWorker(config);
  else if (config.workers > 1) await (await import('./main/primary.ts')).runPrimary(config);
  else await (await import('./main/alone.ts')).runAlone(config);
}
