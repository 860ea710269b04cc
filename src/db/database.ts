import { Migrator } from '@mikro-orm/migrations';
import { type EntityManager, MikroORM, type Options } from '@mikro-orm/postgresql';
import { type CustomTypesConfig, type Pool, type PoolConfig, types } from 'pg';
import { migrations } from '../../migrations/index.ts';
import { timestampFromDatabase } from '../core/timestamp.ts';
import { BoundDriver } from './bound-driver.ts';
import { isRetryable, translateDatabaseError } from './errors.ts';
import { type Statement, statement } from './statement.ts';

export interface DatabaseOptions {
  url: string;
  /** connections at most */
  poolMaximum: number;
  /** milliseconds to wait for a connection, then 503 */
  poolTimeout: number;
  /** milliseconds that one statement may take; 0 = no limit */
  statementTimeout: number;
  /** named prepared statements; off for poolers that cannot keep them */
  prepared: boolean;
  entities: NonNullable<Options['entities']>;
  /** receives what MikroORM and the pool have to say, never parameters */
  log: (message: string) => void;
}

/** What query functions need: one statement on any free connection; `timestamptz` arrives as ISO 8601 text. */
export interface Queryable {
  /** `prepare: false` for texts of many shapes, which would crowd out the named statements */
  query<Row>(text: string, values: readonly unknown[], options?: { prepare: boolean }): Promise<Row[]>;
}

/**
 * MikroORM, its pool and the fast path beside it. Every method throws domain errors where the fault is known
 * (`errors.ts`) and never waits longer than the pool's and the statement's time limits.
 */
export interface Database extends Queryable {
  /** A fresh unit of work without a transaction: right for a flush of one row, which is one statement. */
  unitOfWork<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result>;
  /** A fresh unit of work in one transaction, run again as a whole after a deadlock or serialization failure. */
  transaction<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result>;
  readonly orm: MikroORM;
  readonly pool: Pool;
  close(): Promise<void>;
}

const TRANSACTION_TRIES = 3;
/** There are no event subscribers that a unit of work would need copies of. */
const FORK = { freshEventManager: false };

/** Rows leave the driver as the APIs show them, so that nothing is mapped afterwards. */
const rowTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === types.builtins.TIMESTAMPTZ ? timestampFromDatabase : types.getTypeParser(oid, format as 'text'),
};

/** Connects lazily: the first statement opens the first connection. */
export async function createDatabase(options: DatabaseOptions): Promise<Database> {
  const orm = await MikroORM.init(ormOptions(options));
  const pool = await orm.em.getConnection().getNativeClient();
  const prepared = (text: string, wanted: boolean): Statement =>
    options.prepared && wanted ? statement(text) : { name: undefined, text };

  return {
    orm,
    pool,
    async query<Row>(text: string, values: readonly unknown[], { prepare } = { prepare: true }): Promise<Row[]> {
      const query = { ...prepared(text, prepare), values: values as unknown[], types: rowTypes };
      for (let tries = 1; ; tries++) {
        try {
          return (await pool.query(query)).rows as Row[];
        } catch (error) {
          // One statement is a transaction of its own: what a deadlock undid may run again.
          if (tries < TRANSACTION_TRIES && isRetryable(error)) continue;
          throw translateDatabaseError(error);
        }
      }
    },
    async unitOfWork(work) {
      try {
        return await work(orm.em.fork(FORK));
      } catch (error) {
        throw translateDatabaseError(error);
      }
    },
    async transaction(work) {
      for (let tries = 1; ; tries++) {
        try {
          return await orm.em.fork(FORK).transactional(work);
        } catch (error) {
          if (tries < TRANSACTION_TRIES && isRetryable(error)) continue;
          throw translateDatabaseError(error);
        }
      }
    },
    async close() {
      await orm.close();
      // MikroORM leaves a pool open through which it has sent nothing itself.
      if (!pool.ending) await pool.end();
    },
  };
}

function ormOptions(options: DatabaseOptions): Options {
  const poolOptions: PoolConfig = {
    connectionTimeoutMillis: options.poolTimeout,
    keepAlive: true,
    application_name: 'premium-todo',
    ...(options.statementTimeout > 0 ? { statement_timeout: options.statementTimeout } : {}),
  };
  return {
    ...(options.prepared ? { driver: BoundDriver } : {}),
    clientUrl: options.url,
    entities: options.entities,
    extensions: [Migrator],
    forceUtcTimezone: true,
    // A flush of one row is one statement; whatever changes more asks for `transaction`.
    implicitTransactions: false,
    // Neither creates a database nor asks for one before the first statement.
    ensureDatabase: false,
    pool: { max: options.poolMaximum, idleTimeoutMillis: 30_000 },
    driverOptions: poolOptions,
    migrations: {
      migrationsList: migrations,
      tableName: 'migrations',
      pathTs: 'migrations',
      path: 'dist/migrations',
      snapshot: false,
      silent: true,
    },
    // Colours and parameters have no place in structured logs.
    colors: false,
    logger: options.log,
    debug: false,
  };
}
