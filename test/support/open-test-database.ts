import { createDatabase, type Database } from '../../src/db/database.ts';
import type { Retries } from '../../src/db/retries.ts';
import { ENTITIES } from '../../src/entities.ts';
import { createTestDatabase } from './database.ts';

/** A database of its own with the product's way to it, as the composition root opens it. */
export interface OpenTestDatabase extends Database {
  readonly url: string;
  /** every statement that query functions sent, in order */
  readonly statements: { text: string; values: readonly unknown[] }[];
  /** one statement as the owner of the tables, whom row-level security does not bind */
  owner<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface OpenTestDatabaseOptions {
  prepared?: boolean;
  /** in place of the product's own */
  retries?: Retries;
}

export async function openTestDatabase(options: OpenTestDatabaseOptions = {}): Promise<OpenTestDatabase> {
  const { prepared = true, retries } = options;
  const { url, drop } = await createTestDatabase();
  const database = await createDatabase({
    url,
    isolation: 'switch',
    poolMaximum: 10,
    poolTimeout: 5000,
    statementTimeout: 30_000,
    prepared,
    entities: ENTITIES,
    log: () => {},
    ...(retries ? { retries } : {}),
  });
  const statements: OpenTestDatabase['statements'] = [];
  return {
    ...database,
    url,
    statements,
    owner: async (text, values = []) => (await database.pool.query(text, values.slice())).rows,
    as(userId) {
      const user = database.as(userId);
      return {
        query(text, values, options) {
          statements.push({ text, values });
          return user.query(text, values, options);
        },
        unitOfWork: (work) => user.unitOfWork(work),
        transaction: (work, options) => user.transaction(work, options),
      };
    },
    async close() {
      await database.close();
      await drop();
    },
  };
}
