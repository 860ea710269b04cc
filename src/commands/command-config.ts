import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { BackupError } from '../backup/backup-file.ts';
import { type Config, ConfigError, loadConfig, loadEnvFile } from '../config.ts';
import { AppError } from '../core/errors.ts';
import { RoleError } from '../db/application-role.ts';
import { missingRight, translateDatabaseError } from '../db/errors.ts';
import { MigrationError } from '../db/migrate.ts';

/** Wrong use of a command; the message is all that the caller is shown. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Runs a command with the server's configuration: the environment and, for what it does not set, `.env` in the working
 * directory. Wrong use, wrong settings and a database that is away go to standard error, and the process ends with 1;
 * bugs keep their stack.
 * @param tell how the caller hears of it, if not so
 */
export async function runCommand(
  command: (config: Config) => Promise<void>,
  tell: (error: Error) => void = ({ message }) => console.error(message),
): Promise<void> {
  try {
    loadEnvFile();
    await command(loadConfig(process.env));
  } catch (thrown) {
    const right = missingRight(thrown);
    const error =
      right === undefined ? translateDatabaseError(thrown) : new RoleError(`PostgreSQL refuses this: ${right}`);
    if (!isForCaller(error)) throw error;
    tell(error);
    process.exitCode = 1;
  }
}

/** What the caller typed. @throws CommandError with what is wrong and the usage */
export function readArguments<const Shape extends ParseArgsConfig>(usage: string, shape: Shape) {
  try {
    return parseArgs<Shape>(shape);
  } catch (error) {
    throw error instanceof TypeError ? new CommandError(`${error.message}\n\n${usage}`) : error;
  }
}

/** Where a path that the caller typed points to: npm changes to the package's folder before it runs a command. */
export function callerPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? '', path);
}

function isForCaller(error: unknown): error is Error {
  return (
    error instanceof CommandError ||
    error instanceof BackupError ||
    error instanceof ConfigError ||
    error instanceof MigrationError ||
    error instanceof RoleError ||
    error instanceof AppError
  );
}
