import type { PoolClient } from 'pg';

/** What the types of node-postgres leave out of its client. */
interface ClientState {
  /** false when the connection is broken: the pool then takes it out */
  _queryable: boolean;
  readonly connection: { on(event: 'errorMessage', listener: (error: { severity?: string }) => void): void };
}

/** After these PostgreSQL closes the connection (PostgreSQL's documentation, Message Severity Levels). */
const LAST_WORDS = new Set(['FATAL', 'PANIC']);

/**
 * Keeps a connection that PostgreSQL has just ended from being used again: the end itself arrives a moment after the error,
 * and by then the pool has handed the connection to the next one who asks, a repetition of the same statement for one.
 */
export function discardAfterFatal(client: PoolClient): void {
  const state = client as unknown as ClientState;
  state.connection.on('errorMessage', ({ severity }) => {
    if (LAST_WORDS.has(severity ?? '')) state._queryable = false;
  });
}
