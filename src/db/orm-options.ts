import { Migrator } from '@mikro-orm/migrations';
import type { Options } from '@mikro-orm/postgresql';
import type { PoolConfig } from 'pg';
import { migrations } from '../../migrations/index.ts';
import type { Tracing } from '../core/tracing.ts';
import { boundDriver, type IsolatedSession } from './bound-driver.ts';
import type { DatabaseObserver } from './database-observer.ts';
import { type IsolationMode, sessionContext } from './isolation.ts';
import type { Retries } from './retries.ts';
import type { SlowStatementOptions } from './slow-statements.ts';

export interface DatabaseOptions {
  url: string;
  isolation: IsolationMode;
  /** connections at most */
  poolMaximum: number;
  /** milliseconds to wait for a connection, then 503 */
  poolTimeout: number;
  /** milliseconds that one statement may take; 0 = no limit */
  statementTimeout: number;
  /** milliseconds that PostgreSQL may be silent within a statement; absent: any time */
  answerTimeout?: number | undefined;
  /** named prepared statements; off for poolers that cannot keep them */
  prepared: boolean;
  entities: NonNullable<Options['entities']>;
  /** receives what MikroORM and the pool have to say, never parameters */
  log: (message: string) => void;
  /** absent: statements take what they take, and nothing is measured */
  slowStatements?: SlowStatementOptions | undefined;
  /** hears of waits and faults */
  observer?: DatabaseObserver | undefined;
  /** absent: nothing is traced */
  tracing?: Tracing | undefined;
  /** what is tried again; its own when absent */
  retries?: Retries;
}

/** milliseconds until TCP asks a silent connection whether its other end is still there; a system's default is two hours */
const KEEP_ALIVE_DELAY = 10_000;

/** Migrations take as long as they take, whatever stands on the role. Not as start-up options, which poolers refuse. */
const WITHOUT_LIMITS = 'set statement_timeout = 0; set idle_in_transaction_session_timeout = 0';

/** MikroORM's settings. `session` carries its statements, unless the connection is the owner's. */
export function ormOptions(options: DatabaseOptions, session: Omit<IsolatedSession, 'context'>): Options {
  const { isolation } = options;
  const poolOptions: PoolConfig = {
    connectionTimeoutMillis: options.poolTimeout,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY,
    application_name: 'premium-todo',
    ...(options.statementTimeout > 0 ? { statement_timeout: options.statementTimeout } : {}),
    ...(isolation === 'owner' ? { onConnect: (client) => client.query(WITHOUT_LIMITS) } : {}),
  };
  return {
    ...(isolation === 'owner'
      ? {}
      : { driver: boundDriver({ ...session, context: (userId) => sessionContext(isolation, userId) }) }),
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
      // Each in a transaction of its own, so that one may do without, as building an index beside writes must.
      allOrNothing: false,
    },
    // Colours and parameters have no place in structured logs.
    colors: false,
    logger: options.log,
    debug: false,
  };
}
