import { Client, type ClientConfig } from 'pg';

/** A database that accepts and says nothing must not hold up the start for ever. Milliseconds. */
const LIMITS = {
  connectionTimeoutMillis: 5000,
  query_timeout: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
} as const;

/**
 * One connection beside the pool for as long as the work takes, for what is done around requests and not in them.
 * `options` go before the limits, which fit short statements.
 */
export async function withControlConnection<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
  options: ClientConfig = {},
): Promise<Result> {
  const client = new Client({ connectionString: url, ...LIMITS, ...options });
  // What is under way rejects; unheard, a lost connection would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
