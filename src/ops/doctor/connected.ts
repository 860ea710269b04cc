import type { Client, ClientConfig } from 'pg';
import { withControlConnection } from '../../db/control-connection.ts';

/** milliseconds: whoever runs the doctor waits for it */
const STATEMENT_TIMEOUT = 5000;

/** Connects for one look; nothing that it does outlives it. */
export function connected<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
  options: ClientConfig = {},
): Promise<Result> {
  const own = { application_name: 'premium-todo doctor', query_timeout: STATEMENT_TIMEOUT };
  return withControlConnection(url, work, { ...own, ...options });
}
