import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from './command-config.ts';

const MIGRATION_FILE = /^(\d{14})-[a-z0-9-]+\.ts$/;

/**
 * Writes an empty migration to the folder, lists it in the folder's `index.ts`, and answers its name. Its time stamp is after all
 * others, whatever the clock says, because migrations apply in the order of their names.
 */
export async function createMigration(directory: string, title: string, now: Date): Promise<string> {
  if (!existsSync(join(directory, 'index.ts'))) throw new CommandError('Migrations are created in a checkout only');
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  if (!/^[a-z]/.test(words.join(''))) throw new CommandError('NAME must have words that begin with a letter');

  const existing = await readMigrations(directory);
  const className = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  if (existing.some((migration) => migration.className === className)) {
    throw new CommandError(`There is a migration of that name already (${className})`);
  }
  const name = `${timestamp(now, existing.at(-1)?.name ?? '')}-${words.join('-')}`;
  await writeFile(join(directory, `${name}.ts`), emptyMigration(className), { flag: 'wx' });
  await writeFile(join(directory, 'index.ts'), index([...existing, { name, className }]));
  return name;
}

interface MigrationFile {
  /** of the file, without its ending */
  name: string;
  className: string;
}

async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const files = (await readdir(directory)).filter((file) => MIGRATION_FILE.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const className = /^export class (\w+)/m.exec(await readFile(join(directory, file), 'utf8'))?.[1];
      if (className === undefined) throw new CommandError(`${file} exports no class`);
      return { name: file.slice(0, -'.ts'.length), className };
    }),
  );
}

/** `20260131093000` for half past nine on the last day of January 2026, in UTC; the number after the latest where that is later. */
function timestamp(now: Date, latest: string): string {
  const digits = now.toISOString().replace(/\D/g, '').slice(0, 14);
  return digits > latest ? digits : String(Number(latest.slice(0, 14)) + 1);
}

function emptyMigration(className: string): string {
  return `import { Migration } from '@mikro-orm/migrations';

export class ${className} extends Migration {
  override up(): void {}

  override down(): void {}
}
`;
}

function index(migrations: readonly MigrationFile[]): string {
  const imports = migrations.map(({ name, className }) => `import { ${className} } from './${name}.ts';`);
  const entries = migrations.map(({ name, className }) => `  { name: '${name}', class: ${className} },`);
  return `${imports.join('\n')}

/** Every migration in order. \`npm run migrate -- create NAME\` adds to the end; what has landed is never edited. */
export const migrations = [
${entries.join('\n')}
];
`;
}
