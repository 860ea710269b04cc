import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { type CustomTypesConfig, type Pool, types } from 'pg';
import { timestampFromDatabase } from '../core/timestamp.ts';
import { actingFor, type SendAs } from './bound-driver.ts';
import type { DatabaseObserver } from './database-observer.ts';
import { faultOf, translateDatabaseError } from './errors.ts';
import type { Turns } from './fair-queue.ts';
import type { Retries } from './retries.ts';

export interface StatementOptions {
  /** false for texts of many shapes, which would crowd out the named statements */
  readonly prepare?: boolean;
  /** it changes nothing, so that it is sent once more when its connection was lost */
  readonly isRead?: boolean;
}

/** The options of a plain read. */
export const READ: StatementOptions = { isRead: true };

/** What query functions need: one statement on any free connection; `timestamptz` arrives as ISO 8601 text. */
export interface Queryable {
  query<Row>(text: string, values: readonly unknown[], options?: StatementOptions): Promise<Row[]>;
}

export interface TransactionOptions {
  /** it finds out itself whether it was done already, so that it runs once more when its connection was lost */
  readonly isRepeatable?: boolean;
}

/**
 * The database as one user sees it: row-level security hides the rest, whatever a statement asks for. What fails is
 * tried again where that can do no harm (`retries.ts`), and nowhere else.
 */
export interface UserDatabase extends Queryable {
  /** A fresh unit of work without a transaction: right for a flush of one row, which is one statement. */
  unitOfWork<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result>;
  /** A fresh unit of work in one transaction; each try begins anew with another one. */
  transaction<Result>(work: (manager: EntityManager) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
}

/** There are no event subscribers that a unit of work would need copies of. */
const FORK = { freshEventManager: false };

/** Rows leave the driver as the APIs show them, so that nothing is mapped afterwards. */
const rowTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === types.builtins.TIMESTAMPTZ) return timestampFromDatabase;
    // A day is not a moment in some zone.
    return oid === types.builtins.DATE ? String : types.getTypeParser(oid, format as 'text');
  },
};

/** What acting for a user stands on. */
export interface Connections {
  readonly orm: MikroORM;
  readonly pool: Pool;
  readonly send: SendAs;
  /** where transactions wait for a connection; statements outside of them wait in `send` */
  readonly queue: Turns;
  readonly observer: Pick<DatabaseObserver, 'failed'> | undefined;
  readonly retries: Retries;
}

/** Made for every call, and a class so that this costs one object. */
export class IsolatedUserDatabase implements UserDatabase {
  readonly #connections: Connections;
  readonly #userId: string;

  constructor(connections: Connections, userId: string) {
    this.#connections = connections;
    this.#userId = userId;
  }

  async query<Row>(text: string, values: readonly unknown[], options: StatementOptions = {}): Promise<Row[]> {
    const { pool, send, retries } = this.#connections;
    const query = { text, values: values as unknown[], types: rowTypes };
    retries.begin();
    for (let tries = 1; ; tries++) {
      try {
        return (await send(pool, query, this.#userId, options.prepare !== false)).rows as Row[];
      } catch (error) {
        const translated = this.#translated(error);
        if (await retries.again(error, tries, options.isRead === true)) continue;
        throw translated;
      }
    }
  }

  unitOfWork<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return this.#tried(() => work(this.#fork()), false);
  }

  transaction<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    { isRepeatable = false }: TransactionOptions = {},
  ): Promise<Result> {
    const { queue } = this.#connections;
    const run = () => this.#fork().transactional(work, actingFor(this.#userId));
    return this.#tried(() => queue.run(this.#userId, run), isRepeatable);
  }

  async #tried<Result>(run: () => Promise<Result>, isRepeatable: boolean): Promise<Result> {
    const { retries } = this.#connections;
    retries.begin();
    for (let tries = 1; ; tries++) {
      try {
        return await run();
      } catch (error) {
        const translated = this.#translated(error);
        if (await retries.again(error, tries, isRepeatable)) continue;
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
