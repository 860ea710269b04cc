import type { EntityManager, Transaction } from '@mikro-orm/postgresql';
import { CompiledQuery, type Transaction as KyselyTransaction } from 'kysely';
import { actingFor } from './bound-driver.ts';
import type { IsolatedDatabase } from './database.ts';
import { translateDatabaseError } from './errors.ts';
import type { UserDatabase } from './user-database.ts';

/**
 * The database within a transaction of one user that is under way: whatever is done through it is done or undone with
 * that transaction. It takes no further connection and tries nothing again, which is for the transaction as a whole.
 */
export function databaseWithin(manager: EntityManager, userId: string): IsolatedDatabase {
  const own = within(manager, userId);
  return {
    as(asked) {
      if (asked !== userId) throw new Error('a transaction belongs to one user');
      return own;
    },
    asServer() {
      throw new Error('a transaction belongs to one user');
    },
  };
}

function within(manager: EntityManager, userId: string): UserDatabase {
  const transaction = contextOf(manager);

  /** In a savepoint: as outside, what fails undoes itself and leaves the connection usable. */
  async function nested<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    const fork = manager.fork({ freshEventManager: false, keepTransactionContext: true, ...actingFor(userId) });
    try {
      return await fork.transactional(work, actingFor(userId));
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  return {
    async query<Row>(text: string, values: readonly unknown[]): Promise<Row[]> {
      try {
        return (await transaction.executeQuery<Row>(CompiledQuery.raw(text, values.slice()))).rows;
      } catch (error) {
        throw translateDatabaseError(error);
      }
    },
    unitOfWork: nested,
    transaction: nested,
  };
}

function contextOf(manager: EntityManager): KyselyTransaction<unknown> {
  const context = manager.getTransactionContext<Transaction<KyselyTransaction<unknown>>>();
  if (!context) throw new Error('there is no transaction under way');
  return context;
}
