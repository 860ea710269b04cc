import type { Socket } from 'node:net';
import type { PoolClient } from 'pg';

/** What the types of node-postgres leave out of its client. */
interface ClientState {
  /** false from sending a statement until PostgreSQL has done with it */
  readonly readyForQuery: boolean;
  readonly _ending: boolean;
  readonly connection: { readonly stream: Socket };
}

/**
 * Gives a connection up on which nothing has come for `limit` milliseconds although PostgreSQL was asked for something:
 * a server that has vanished sends neither an error nor the end of the connection, and TCP tells after a quarter of an
 * hour. The statement rejects, `BEGIN` and `ROLLBACK` as well, and the pool opens another connection.
 *
 * Node.js looks at the silence of its sockets anyway, so that a statement pays nothing for this. The `query_timeout` of
 * node-postgres costs a timer for each statement and leaves the connection in the pool.
 */
export function endWhenSilent(client: PoolClient, limit: number): void {
  const state = client as unknown as ClientState;
  const { stream } = state.connection;
  stream.setTimeout(limit);
  stream.on('timeout', () => {
    if (state._ending) stream.destroy();
    // Between statements silence is nothing unusual.
    else if (!state.readyForQuery) stream.destroy(new Error(`Query read timeout: no answer for ${limit} ms`));
  });
}
