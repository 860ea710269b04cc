import { createAuditStore } from '../audit/audit.store.ts';
import { toStored } from '../audit/audit.summary.ts';
import { createAuthTables } from '../auth/auth-tables.ts';
import { verifyBackup } from '../backup/read-backup.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import type { Config } from '../config.ts';
import { openUnmigratedDatabase } from '../db/open-database.ts';
import { ENTITIES } from '../entities.ts';
import { CommandError, callerPath, readArguments, runCommand } from './command-config.ts';
import { interruption } from './interruption.ts';
import { withProgress } from './progress.ts';

const USAGE = `Brings back what "npm run backup" wrote, all of it or nothing.

  npm run restore -- FILE

The file is read to its end before anything is changed. The database must be empty: a new one, migrated or not.`;

await runCommand(async (config) => {
  const { file, help } = typed();
  if (help) return console.log(USAGE);
  if (file === undefined) throw new CommandError(USAGE);
  await restore(config, callerPath(file));
});

function typed() {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  if (positionals.length > 1) throw new CommandError('One FILE only: quote it if it has spaces');
  return { ...values, file: positionals[0] };
}

async function restore(config: Config, path: string): Promise<void> {
  const signal = interruption('Interrupted, nothing was restored');
  const { header, rows } = await withProgress('bytes verified', (progress) => verifyBackup(path, { progress, signal }));
  const log = (message: string) => console.error(message);
  const storage = await openUnmigratedDatabase(config, { entities: ENTITIES, exclusive: false, log });
  try {
    const { database, directUrl } = storage;
    await withProgress('bytes restored', (progress) =>
      restoreBackup({
        database,
        url: directUrl,
        path,
        header,
        provideAuthTables: () => createAuthTables(directUrl),
        progress,
        signal,
      }),
    );
    const event = { event: 'RESTORED', outcome: 'SUCCEEDED', userId: null } as const;
    await createAuditStore(database).insert([toStored(event, Date.now())]);
    console.log(`${rows} rows of ${header.tables.length} tables restored, as they were ${header.createdAt}`);
  } finally {
    await storage.close();
  }
}
