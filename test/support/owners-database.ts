import { createDatabase, type Database } from '../../src/db/database.ts';
import { ENTITIES } from '../../src/entities.ts';

/** A database as migrations and commands see it: one connection of the owner's, whom no policy binds. */
export function openOwnersDatabase(url: string): Promise<Database> {
  return createDatabase({
    url,
    isolation: 'owner',
    poolMaximum: 1,
    poolTimeout: 5000,
    statementTimeout: 0,
    prepared: false,
    entities: ENTITIES,
    log: () => {},
  });
}
