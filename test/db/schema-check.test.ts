import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.ts';
import type { Database } from '../../src/db/database.ts';
import { schemaFaults } from '../../src/db/schema-check.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openOwnersDatabase } from '../support/owners-database.ts';

describe('the schema, compared with what this version works with', () => {
  let test: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    test = await createTestDatabase();
    // The only connection: what is altered in its transaction is seen by the comparison, and then undone.
    database = await openOwnersDatabase(test.url);
  });
  beforeEach(async () => {
    await database.pool.query('begin');
  });
  afterEach(async () => {
    await database.pool.query('rollback');
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  async function faultsAfter(alteration: string): Promise<string[]> {
    await database.pool.query(alteration);
    return schemaFaults(database);
  }

  it('fits, as the migrations make it', async () => {
    expect(await schemaFaults(database)).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    [
      'a column that is renamed',
      'alter table users rename column email to mail',
      ['users.email is missing, which User needs'],
    ],
    [
      'a column that is dropped',
      'alter table users drop column import_salt',
      ['users.import_salt is missing, which User needs'],
    ],
    [
      'a column of another type',
      'alter table tasks alter column version type bigint',
      ['tasks.version is of type bigint, in Task of type int'],
    ],
    [
      'a column of another precision',
      'alter table users alter column deleted_at type timestamptz(6)',
      ['users.deleted_at is of type timestamp(6) with time zone, in User of type timestamptz(3)'],
    ],
    [
      'a column that may be null',
      'alter table tasks alter column completed drop not null',
      ['tasks.completed is nullable, in Task not null'],
    ],
    [
      'a column that must not be null',
      'alter table users alter column name set not null',
      ['users.name is not null, in User nullable'],
    ],
    [
      'a default that is gone',
      'alter table users alter column created_at drop default',
      ['users.created_at has no default, in User it has one'],
    ],
    [
      'a column that nobody fills in',
      'alter table users add column size integer not null',
      ['users.size is not null without a default, and no entity has it: inserts fail'],
    ],
    [
      'a table that is missing, once',
      'alter table tasks rename to todos',
      ['the table tasks is missing, which Task needs'],
    ],
    [
      'a migration that is pending',
      `delete from migrations where name = '${migrations[3]?.name}'`,
      [`the migration ${migrations[3]?.name} is pending`],
    ],
    [
      'a migration that this version does not know',
      "insert into migrations (name) values ('29990101000000-future')",
      ['the migration 29990101000000-future is applied, which this version does not know'],
    ],
  ])('tells of %s', async (_what, alteration, faults) => {
    // Depends on the columns of tasks, and is none of theirs.
    await database.pool.query('drop view searched_tasks');
    expect(await faultsAfter(alteration)).toEqual(faults);
  });

  it.each([
    ['may be null', 'alter table users add column size integer'],
    ['has a default', 'alter table users add column size integer not null default 0'],
    ['is generated', 'alter table users add column size integer not null generated always as (length(id)) stored'],
    ['is an identity', 'alter table users add column size integer generated always as identity'],
  ])('leaves alone a column that no entity has and that %s', async (_what, alteration) => {
    expect(await faultsAfter(alteration)).toEqual([]);
  });
});
