import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import { loadConfig } from './config.ts';
import { explained } from './main/explained.ts';

// Each way to run loads only what it needs.
try {
  if (cluster.isWorker) await (await import('./main/worker.ts')).runWorker();
  else await start();
} catch (error) {
  console.error(explained(error) ?? error);
  process.exit(1);
}

async function start(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = loadConfig(process.env);
  if (config.workers > 1) await (await import('./main/primary.ts')).runPrimary(config);
  else await (await import('./main/alone.ts')).runAlone(config);
}
