import type { Client } from 'pg';
import { withControlConnection } from '../db/control-connection.ts';

/**
 * No time limits, since a table takes as long as it takes; values written so that every PostgreSQL reads the same in them
 * (as pg_dump does); and an error where row-level security would leave rows out.
 */
const SETTINGS = `
  set statement_timeout = 0;
  set lock_timeout = 0;
  set idle_in_transaction_session_timeout = 0;
  set client_encoding = 'UTF8';
  set datestyle = 'ISO';
  set intervalstyle = 'postgres';
  set timezone = 'UTC';
  set extra_float_digits = 3;
  set row_security = off`;

/**
 * One connection of the owner's, past any pooler, for as long as the work takes; `url` is the direct one. When the signal comes,
 * the statement under way is ended, and what rejects is the signal's reason.
 */
export function withSession<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const settled = async (client: Client) => {
    const onAbort = () => cancelStatement(url, client);
    signal?.addEventListener('abort', onAbort);
    try {
      await client.query(SETTINGS);
      return await work(client);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  };
  return withControlConnection(url, settled, { application_name: 'premium-todo backup', query_timeout: 0 });
}

/** Closing the connection alone would leave the statement running. */
async function cancelStatement(url: string, client: Client): Promise<void> {
  const pid = 'processID' in client ? client.processID : null;
  await withSession(url, (other) => other.query('select pg_cancel_backend($1)', [pid])).catch(() => {});
}
