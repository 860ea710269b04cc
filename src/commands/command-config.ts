import { existsSync } from 'node:fs';
import { type Config, ConfigError, loadConfig } from '../config.ts';

/** Wrong use of a command; the message is all that the caller is shown. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Runs a command with the server's configuration: the environment and, for what it does not set, `.env` in the working
 * directory. Wrong use and wrong settings go to standard error, and the process ends with 1; bugs keep their stack.
 */
export async function runCommand(command: (config: Config) => Promise<void>): Promise<void> {
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    await command(loadConfig(process.env));
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
