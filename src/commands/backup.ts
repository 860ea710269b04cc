import { createBackup } from '../backup/create-backup.ts';
import { verifyBackup } from '../backup/read-backup.ts';
import type { Config } from '../config.ts';
import { openUnmigratedDatabase } from '../db/open-database.ts';
import { ENTITIES } from '../entities.ts';
import { CommandError, callerPath, readArguments, runCommand } from './command-config.ts';
import { interruption } from './interruption.ts';
import { withProgress } from './progress.ts';

const USAGE = `Writes everything that the database holds at this moment into one file, beside the running server or without one.

  npm run backup -- FILE [--force]   writes FILE, which must not exist unless there is --force
  npm run backup -- verify FILE      reads FILE to its end and says whether it is whole, without a database

The file holds personal data: it can be read by its owner only, and is not encrypted.`;

await runCommand(async (config) => {
  const { words, force, help } = typed();
  if (help) return console.log(USAGE);
  const [first, second] = words;
  if (first === undefined || words.length > 2) throw new CommandError(USAGE);
  if (second === undefined) return backUp(config, first, force ?? false);
  if (first !== 'verify' || force) throw new CommandError(USAGE);
  return verify(second);
});

function typed() {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: { force: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  return { ...values, words: positionals };
}

async function backUp(config: Config, file: string, overwrite: boolean): Promise<void> {
  const signal = interruption('Interrupted, no file was written');
  const log = (message: string) => console.error(message);
  const storage = await openUnmigratedDatabase(config, { entities: ENTITIES, exclusive: false, log });
  try {
    const { tables, rows, bytes } = await withProgress('rows', (progress) =>
      createBackup({
        url: storage.directUrl,
        path: callerPath(file),
        overwrite,
        now: new Date(),
        progress,
        signal,
      }),
    );
    console.log(`${rows} rows of ${tables} tables written, ${bytes} bytes`);
  } finally {
    await storage.close();
  }
}

async function verify(file: string): Promise<void> {
  const signal = interruption('Interrupted');
  const { header, rows } = await withProgress('bytes', (progress) =>
    verifyBackup(callerPath(file), { progress, signal }),
  );
  const { createdAt, server, tables, migrations } = header;
  console.log(`whole: ${rows} rows of ${tables.length} tables`);
  console.log(`made ${createdAt} from PostgreSQL ${server}, schema ${migrations.at(-1)}`);
}
