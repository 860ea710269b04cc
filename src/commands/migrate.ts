import { join } from 'node:path';
import type { Config } from '../config.ts';
import { migrate, migrationStates, revertLast } from '../db/migrate.ts';
import { type OpenDatabase, openUnmigratedDatabase } from '../db/open-database.ts';
import { schemaFaults } from '../db/schema-check.ts';
import { ENTITIES } from '../entities.ts';
import { CommandError, readArguments, runCommand } from './command-config.ts';
import { createMigration } from './create-migration.ts';

const USAGE = `Looks after the database's schema.

  npm run migrate -- up             applies what is pending; the server does so itself when it starts
  npm run migrate -- down [--yes]   reverts the migration that was applied last, with the data that it holds
  npm run migrate -- status         lists all migrations
  npm run migrate -- check          compares it with what this version works with, and ends with 1 where they differ
  npm run migrate -- create NAME    adds an empty one to migrations/

With NODE_ENV=production, down needs --yes.`;
const MIGRATIONS = join(import.meta.dirname, '../../migrations');

await runCommand(async (config) => {
  const { action, name, yes, help } = typed();
  if (help) return console.log(USAGE);
  if (action === 'create') return create(name);
  if (name !== undefined) throw new CommandError(USAGE);
  if (action === 'up') return withDatabase(config, up);
  if (action === 'status') return withDatabase(config, status);
  if (action === 'check') return withDatabase(config, check);
  if (action !== 'down') throw new CommandError(USAGE);
  if (config.production && !yes) throw new CommandError('This deletes data of production: add --yes if it is meant');
  return withDatabase(config, down);
});

function typed() {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: { yes: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  const [action, ...names] = positionals;
  return { ...values, action, name: names.length > 0 ? names.join(' ') : undefined };
}

async function create(name: string | undefined): Promise<void> {
  if (name === undefined) throw new CommandError(USAGE);
  console.log(`created migrations/${await createMigration(MIGRATIONS, name, new Date())}.ts`);
}

function log(message: string): void {
  console.error(message);
}

async function withDatabase(config: Config, work: (storage: OpenDatabase) => Promise<void>): Promise<void> {
  const storage = await openUnmigratedDatabase(config, { entities: ENTITIES, exclusive: false, log });
  try {
    await work(storage);
  } finally {
    await storage.close();
  }
}

async function up({ database, directUrl }: OpenDatabase): Promise<void> {
  const applied = await migrate(database, directUrl, { log });
  console.log(applied.map((name) => `applied ${name}`).join('\n') || 'nothing was pending');
}

async function down({ database, directUrl }: OpenDatabase): Promise<void> {
  const name = await revertLast(database, directUrl, { log });
  console.log(
    name === undefined ? 'nothing to revert' : `reverted ${name}; the server applies it again when it starts`,
  );
}

async function status({ database }: OpenDatabase): Promise<void> {
  for (const { name, appliedAt, known } of await migrationStates(database)) {
    const when = appliedAt ? `applied ${appliedAt.toISOString()}` : 'pending'.padEnd('applied '.length + 24);
    console.log(`${when}  ${name}${known ? '' : '  (of a newer version)'}`);
  }
}

async function check({ database }: OpenDatabase): Promise<void> {
  const faults = await schemaFaults(database);
  console.log(faults.join('\n') || 'the schema is what this version works with');
  if (faults.length > 0) process.exitCode = 1;
}
