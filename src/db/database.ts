import { setTimeout as delay } from 'node:timers/promises';
import { MikroORM } from '@mikro-orm/postgresql';
import { type Pool, type QueryConfig, types } from 'pg';
import { timestampFromDatabase } from '../core/timestamp.ts';
import type { InTransaction, SendAs } from './bound-driver.ts';
import { FairQueue } from './fair-queue.ts';
import { discardAfterFatal } from './fatal-errors.ts';
import type { StatementResult } from './isolated-query.ts';
import { isolationStatement, SERVER } from './isolation.ts';
import { type DatabaseOptions, ormOptions } from './orm-options.ts';
import { Retries } from './retries.ts';
import { RetryBudget } from './retry-budget.ts';
import { sendIsolated } from './send-isolated.ts';
import { endWhenSilent } from './silence.ts';
import { watched } from './slow-statements.ts';
import { statement } from './statement.ts';
import { tracedInTransaction, tracedStatements, tracedTransactions } from './traced-statements.ts';
import { IsolatedUserDatabase, type Queryable, type UserDatabase } from './user-database.ts';

/**
 * The one way to the data: as a user. Every method throws domain errors where the fault is known (`errors.ts`) and
 * never waits longer than the pool's and the statement's time limits.
 */
export interface IsolatedDatabase {
  /** `userId` has 1 to 255 characters and no NUL */
  as(userId: string): UserDatabase;
  /** for what belongs to no user; sees no user's rows */
  asServer(): Queryable;
}

/** MikroORM, its pool and the fast path beside it. */
export interface Database extends IsolatedDatabase {
  readonly orm: MikroORM;
  readonly pool: Pool;
  /** how many statements and transactions wait for a connection now */
  waiting(): number;
  /** how often anybody wanted a connection, since the start: unchanged means that nobody has used the database */
  uses(): number;
  close(): Promise<void>;
}

/** Connects lazily: the first statement opens the first connection. */
export async function createDatabase(options: DatabaseOptions): Promise<Database> {
  const { isolation, slowStatements, answerTimeout, observer, tracing } = options;
  const queue = new FairQueue({ places: options.poolMaximum, timeout: options.poolTimeout, observer });
  const plain = sender(options, queue);
  const traced = tracing ? tracedStatements(plain, tracing) : plain;
  const send = slowStatements ? watched(traced, isolation, slowStatements) : traced;
  const inTransaction = tracing ? tracedInTransaction(tracing) : untraced;
  const orm = await MikroORM.init(ormOptions(options, { send, inTransaction }));
  const pool = await orm.em.getConnection().getNativeClient();
  // A connection that breaks is replaced, and the statement under way rejects. Unheard it would end the process.
  pool.on('connect', (client) => {
    client.on('error', () => {});
    discardAfterFatal(client);
    if (answerTimeout !== undefined) endWhenSilent(client, answerTimeout);
    // For statements inside of a transaction, which MikroORM sends; what it makes dates of may be ISO 8601 as well.
    client.setTypeParser(types.builtins.TIMESTAMPTZ, timestampFromDatabase);
    client.setTypeParser(types.builtins.DATE, String);
  });
  const turns = tracing ? tracedTransactions(queue, tracing) : queue;
  const retries = options.retries ?? createRetries();
  const connections = { orm, pool, send, queue: turns, observer, retries };

  return {
    orm,
    pool,
    waiting: () => queue.waiting,
    as: (userId) => new IsolatedUserDatabase(connections, userId),
    uses: () => queue.asked,
    asServer: () => new IsolatedUserDatabase(connections, SERVER),
    async close() {
      await orm.close();
      // MikroORM leaves a pool open through which it has sent nothing itself.
      if (!pool.ending) await pool.end();
    },
  };
}

const untraced: InTransaction = (_text, _values, run) => run();

/** At most a tenth more load, and a few more when all connections end at once. */
function createRetries(): Retries {
  const budget = new RetryBudget({ share: 0.1, maximum: 50 });
  return new Retries({ budget, random: Math.random, wait: delay });
}

/** For the owner, whom no policy binds. */
async function sendAlone(pool: Pool, config: QueryConfig): Promise<StatementResult> {
  const { rows, rowCount } = await pool.query(config);
  return { rows, rowCount: rowCount ?? 0 };
}

/** How one statement is sent: named or not, and bound to its user unless the connection is the owner's. */
function sender({ isolation, prepared }: DatabaseOptions, queue: FairQueue): SendAs {
  const guard = isolation === 'owner' ? undefined : isolationStatement(isolation, prepared);
  return (pool, query, userId, prepare) => {
    const name = prepared && prepare ? statement(query.text).name : undefined;
    const config = name === undefined ? query : { ...query, name };
    return guard ? queue.run(userId, () => sendIsolated(pool, config, guard, userId)) : sendAlone(pool, config);
  };
}
