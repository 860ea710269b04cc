import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { type CustomTypesConfig, type Pool, types } from 'pg';
import { timestampFromDatabase } from '../core/timestamp.ts';
import { actingFor, type SendAs } from './bound-driver.ts';
import type { DatabaseObserver } from './database-observer.ts';
import { faultOf, isRetryable, translateDatabaseError } from './errors.ts';
import type { Turns } from './fair-queue.ts';

/** What query functions need: one statement on any free connection; `timestamptz` arrives as ISO 8601 text. */
export interface Queryable {
  /** `prepare: false` for texts of many shapes, which would crowd out the named statements */
  query<Row>(text: string, values: readonly unknown[], options?: { prepare: boolean }): Promise<Row[]>;
}

/** The database as one user sees it: row-level security hides the rest, whatever a statement asks for. */
export interface UserDatabase extends Queryable {
  /** A fresh unit of work without a transaction: right for a flush of one row, which is one statement. */
  unitOfWork<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result>;
  /** A fresh unit of work in one transaction, run again as a whole after a deadlock or serialization failure. */
  transaction<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result>;
}

const TRANSACTION_TRIES = 3;
/** There are no event subscribers that a unit of work would need copies of. */
const FORK = { freshEventManager: false };

/** Rows leave the driver as the APIs show them, so that nothing is mapped afterwards. */
const rowTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === types.builtins.TIMESTAMPTZ ? timestampFromDatabase : types.getTypeParser(oid, format as 'text'),
};

/** What acting for a user stands on. */
export interface Connections {
  readonly orm: MikroORM;
  readonly pool: Pool;
  readonly send: SendAs;
  /** where transactions wait for a connection; statements outside of them wait in `send` */
  readonly queue: Turns;
  readonly observer: Pick<DatabaseObserver, 'failed'> | undefined;
}

/** Made for every call, and a class so that this costs one object. */
export class IsolatedUserDatabase implements UserDatabase {
  readonly #connections: Connections;
  readonly #userId: string;

  constructor(connections: Connections, userId: string) {
    this.#connections = connections;
    this.#userId = userId;
  }

  async query<Row>(text: string, values: readonly unknown[], options = { prepare: true }): Promise<Row[]> {
    const { pool, send } = this.#connections;
    const query = { text, values: values as unknown[], types: rowTypes };
    for (let tries = 1; ; tries++) {
      try {
        return (await send(pool, query, this.#userId, options.prepare)).rows as Row[];
      } catch (error) {
        const translated = this.#translated(error);
        // One statement is a transaction of its own: what a deadlock undid may run again.
        if (tries < TRANSACTION_TRIES && isRetryable(error)) continue;
        throw translated;
      }
    }
  }

  async unitOfWork<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    try {
      return await work(this.#fork());
    } catch (error) {
      throw this.#translated(error);
    }
  }

  async transaction<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#connections.queue.run(this.#userId, () =>
          this.#fork().transactional(work, actingFor(this.#userId)),
        );
      } catch (error) {
        const translated = this.#translated(error);
        if (tries < TRANSACTION_TRIES && isRetryable(error)) continue;
        throw translated;
      }
    }
  }

  #translated(error: unknown): unknown {
    const { observer } = this.#connections;
    const fault = observer && faultOf(error);
    if (fault) observer.failed(fault);
    return translateDatabaseError(error);
  }

  #fork(): EntityManager {
    return this.#connections.orm.em.fork({ ...FORK, ...actingFor(this.#userId) });
  }
}
