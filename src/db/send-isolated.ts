import type { Pool, PoolClient, QueryConfig } from 'pg';
import { IsolatedQuery, leavesConnectionUsable, type StatementResult } from './isolated-query.ts';
import type { Statement } from './statement.ts';

/** Sends one statement on any free connection of the pool, as one user. Rejects with node-postgres' error. */
export function sendIsolated(
  pool: Pool,
  config: QueryConfig,
  isolation: Statement,
  userId: string,
): Promise<StatementResult> {
  return new Promise((resolve, reject) => {
    pool.connect((failure: Error | undefined, client: PoolClient | undefined, release) => {
      if (client === undefined) {
        reject(failure);
        return;
      }
      const query = new IsolatedQuery(client, config, isolation, userId, (error, result) => {
        release(error !== null && !(query.isBound && leavesConnectionUsable(error)));
        if (error) reject(error);
        else resolve(result as StatementResult);
      });
      client.query(query);
    });
  });
}
