/**
 * For connections beside the pool, whose statements are all short: a database that accepts and says nothing must not
 * hold up the start for ever. Milliseconds.
 */
export const CONTROL_LIMITS = {
  connectionTimeoutMillis: 5000,
  query_timeout: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
} as const;
