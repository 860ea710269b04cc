import { existsSync } from 'node:fs';
import { type App, createApp } from './app.ts';
import { ConfigError, loadConfig } from './config.ts';
import { RoleError } from './db/application-role.ts';
import { MigrationError } from './db/migrate.ts';
import { startMessage } from './ops/start-message.ts';

/** A request that takes longer than this to finish is cut off. */
const SHUTDOWN_LIMIT_MS = 15_000;
/** Ctrl-C under npm arrives twice, from the terminal and from npm: only a signal after this means a second wish. */
const REPEATED_SIGNAL_MS = 1000;

if (existsSync('.env')) process.loadEnvFile('.env');

try {
  await start();
} catch (error) {
  console.error(explained(error) ?? error);
  process.exit(1);
}

/** What went wrong in one sentence, where the one who starts the server can put it right. */
function explained(error: unknown): string | undefined {
  const isExplained = [ConfigError, MigrationError, RoleError].some((kind) => error instanceof kind);
  if (isExplained) return (error as Error).message;
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  return code === 'EADDRINUSE' ? `Port ${port} is in use: stop what uses it, or set PORT to another one.` : undefined;
}

async function start(): Promise<void> {
  const config = loadConfig(process.env);
  const starting = createApp(config);
  // Before anything runs that would be left over: a signal during the start waits for it and then ends it in order.
  const isStopping = stopOnSignals(starting);
  const app = await starting;
  if (isStopping()) return;
  const url = await app.listen();
  console.log(startMessage(config, url));
}

/** Answers whether a signal has come. */
function stopOnSignals(starting: Promise<App>): () => boolean {
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals) => {
    if (stoppingSince !== undefined) {
      // Somebody does not want to wait.
      if (performance.now() - stoppingSince > REPEATED_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
    shutDown(starting, signal).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return () => stoppingSince !== undefined;
}

async function shutDown(starting: Promise<App>, signal: NodeJS.Signals): Promise<void> {
  const app = await starting;
  app.logger.info({ signal }, 'shutting down');
  await app.close();
}
