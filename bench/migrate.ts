import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { migrations } from '../migrations/index.ts';

export type MigrationList = typeof migrations;

/** Applies the product's migrations, so that all contenders work on its tables, whether it takes part or not. */
export async function migrate(url: string, migrationsList: MigrationList = migrations): Promise<void> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    // The record table is the product's: its start-up must find nothing left to do.
    migrations: {
      migrationsList,
      tableName: 'migrations',
      snapshot: false,
      silent: true,
      allOrNothing: false,
    },
  });
  try {
    await orm.migrator.up();
  } finally {
    await orm.close();
  }
}
