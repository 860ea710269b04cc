import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isIP } from 'node:net';
import { z } from 'zod';

export const MAXIMUM_WORKERS = 128;
const MINIMUM_SECRET_BYTES = 32;
/** Secrets that are printed in documentation: a token signed with one of them proves nothing. */
const PUBLIC_SECRETS = new Set(['better-auth-secret-12345678901234567890', 'better-auth-secret-123456789']);

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');
const whole = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum, `must be at least ${minimum}`).max(maximum, `must be at most ${maximum}`));
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const httpHeaders = list.transform((pairs, context) => {
  try {
    return Object.fromEntries(pairs.map(headerOf));
  } catch {
    // Whatever is wrong with a value, it is not to be shown.
    context.addIssue('must be name=value pairs, comma-separated, values percent-encoded');
    return z.NEVER;
  }
});
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' });
const secret = z
  .string()
  .refine((text) => Buffer.byteLength(text) >= MINIMUM_SECRET_BYTES, `must have at least ${MINIMUM_SECRET_BYTES} bytes`)
  .refine((text) => !PUBLIC_SECRETS.has(text), 'is a published default and protects nothing');
const redisUrl = z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' });
const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'must be an exact origin such as https://app.example.com',
  );

/** @throws Error for what is no header */
function headerOf(pair: string): [name: string, value: string] {
  const [name = '', ...rest] = pair.split('=').map((part) => part.trim());
  if (rest.length === 0) throw new Error('there is no value');
  const value = decodeURIComponent(rest.join('='));
  validateHeaderName(name);
  validateHeaderValue(name, value);
  return [name, value];
}

/**
 * Every setting of the server: how it is read, and one line of meaning. `.env.example` is generated from this table,
 * and nothing but `config.ts` reads the environment.
 */
export const settings = z.object({
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('production refuses unsafe defaults'),
  HOST: z
    .string()
    .refine((text) => isIP(text) !== 0 || text === 'localhost', 'must be an IP address or localhost')
    .optional()
    .describe('address to listen on; default 127.0.0.1, in production 0.0.0.0'),
  PORT: whole(0, 65_535).default(4000).describe('port to listen on; 0 takes a free one'),
  WORKERS: z
    .union(
      [z.literal('auto'), whole(1, MAXIMUM_WORKERS)],
      `must be auto or a whole number from 1 to ${MAXIMUM_WORKERS}`,
    )
    .default(1)
    .describe('processes that answer requests; auto = one for each core'),
  PUBLIC_URL: httpUrl.optional().describe('URL that clients use; default http://localhost:PORT'),
  DATA_DIR: z.string().min(1).default('.data').describe('folder of the embedded PostgreSQL and the development secret'),
  DATABASE_URL: databaseUrl
    .optional()
    .describe('PostgreSQL 15 or newer; without it the embedded PostgreSQL is started'),
  DATABASE_URL_DIRECT: databaseUrl
    .optional()
    .describe('unpooled URL for migrations, where DATABASE_URL is a pooler; default DATABASE_URL'),
  DATABASE_POOL_MAX: whole(1, 1000).default(10).describe('connections of all workers together at most'),
  DATABASE_POOL_TIMEOUT: whole(1, 600_000).default(3000).describe('milliseconds to wait for a connection before 503'),
  DATABASE_STATEMENT_TIMEOUT: whole(0, 600_000)
    .default(10_000)
    .describe('milliseconds for one statement; 0 where the pooler refuses start-up options'),
  DATABASE_ANSWER_TIMEOUT: whole(1, 3_600_000)
    .optional()
    .describe(
      'milliseconds that PostgreSQL may be silent within a statement; default 5000 more than the statement timeout, 15000 where that is 0',
    ),
  DATABASE_PREPARED: flag.default(true).describe('named prepared statements; false for poolers that cannot keep them'),
  READINESS_IDLE_INTERVAL: whole(1, 604_800)
    .default(1)
    .describe('seconds between two looks of /health/ready at a database that nobody uses; 86400 lets Neon suspend it'),
  BETTER_AUTH_SECRET: list
    .pipe(z.array(secret).min(1))
    .optional()
    .describe('accepts HS256 tokens signed with it; several comma-separated, current first; at least 32 bytes each'),
  AUTH_JWKS_URL: httpUrl
    .optional()
    .describe('accepts tokens whose key is in this key set, e.g. https://auth.example.com/api/auth/jwks'),
  AUTH_ISSUER: z
    .string()
    .min(1)
    .optional()
    .describe('required iss of tokens; must be set with AUTH_JWKS_URL in production'),
  AUTH_AUDIENCE: z.string().min(1).optional().describe('required aud of tokens'),
  AUTH_MAX_TOKEN_AGE: whole(1, 31_536_000).default(86_400).describe('seconds: older tokens are refused'),
  AUTH_CLOCK_TOLERANCE: whole(0, 300).default(5).describe('seconds of clock skew allowed'),
  AUTH_EMBEDDED: flag
    .optional()
    .describe("run the server's own Better Auth; default true when neither secret nor key set is given"),
  AUTH_USER_TABLE: z
    .string()
    .regex(/^[^\s."]{1,63}\.[^\s."]{1,63}$/, 'must be of the form schema.table')
    .optional()
    .describe(
      "Better Auth's user table where it stands in the same database; default auth.user or public.user if there",
    ),
  AUDIT_RETENTION_DAYS: whole(1, 3650).default(90).describe('days that security events are kept'),
  SYNC_RETENTION_DAYS: whole(1, 3650)
    .default(90)
    .describe('days that deleted tasks and applied commands are remembered for devices that come back'),
  TRASH_RETENTION_DAYS: whole(1, 3650)
    .optional()
    .describe('days that deleted tasks can be restored; default 30, or SYNC_RETENTION_DAYS if that is less'),
  HISTORY_RETENTION_DAYS: whole(1, 3650).default(365).describe('days that what became of tasks is kept'),
  SHUTDOWN_DELAY: whole(0, 300_000)
    .optional()
    .describe(
      'milliseconds that a server which was told to stop says so by readiness and still serves, longer than load balancers take to notice; default 5000 in production, else 0',
    ),
  SHUTDOWN_TIMEOUT: whole(1000, 600_000)
    .default(25_000)
    .describe('milliseconds from the signal to the end of the process at most, SHUTDOWN_DELAY included'),
  WEB_ROOT: z
    .string()
    .min(1)
    .optional()
    .describe(
      'folder of a built front end to serve at /; default in development that of examples/web, in production none',
    ),
  CORS_ORIGINS: list
    .pipe(z.array(origin))
    .optional()
    .describe('origins that browsers may call from; default none in production, localhost otherwise'),
  TRUST_PROXY_HOPS: whole(0, 10)
    .default(0)
    .describe('proxies before this server whose X-Forwarded-For is believed; 0 believes none'),
  MAX_CONCURRENT_REQUESTS: whole(1, 1_000_000)
    .default(2000)
    .describe('requests in progress at most; further ones are answered with 503'),
  MAX_LIVE_CONNECTIONS: whole(0, 1_000_000)
    .default(20_000)
    .describe('WebSockets and event streams at most, of all workers together; further ones are told to try again'),
  MAX_SUBSCRIPTIONS_PER_USER: whole(1, 100_000)
    .default(50)
    .describe('subscriptions of one user at most, and connections for them, in each process'),
  BODY_LIMIT: whole(1024, 104_857_600).default(1_048_576).describe('bytes of a request body at most'),
  GRAPHQL_INTROSPECTION: flag.optional().describe('answer schema queries; default false in production, true otherwise'),
  GRAPHQL_BATCH_LIMIT: whole(0, 100).default(0).describe('operations in one batch request at most; 0 = batching off'),
  GRAPHQL_PLAYGROUND: flag
    .optional()
    .describe('serve the playground to browsers; default false in production, true otherwise; off with PERSISTED_ONLY'),
  GRAPHQL_MAX_TOKENS: whole(100, 100_000).default(2000).describe('lexical tokens of a document at most'),
  GRAPHQL_MAX_DEPTH: whole(1, 100).default(12).describe('levels of fields in a document at most'),
  GRAPHQL_MAX_ALIASES: whole(0, 10_000).default(50).describe('aliased fields in a document at most'),
  GRAPHQL_MAX_DIRECTIVES: whole(0, 10_000).default(50).describe('directives in a document at most'),
  GRAPHQL_MAX_COST: whole(1, 10_000_000)
    .default(10_000)
    .describe('fields that an operation may answer at most, lists counted by their page size'),
  RESULT_CACHE_SIZE: whole(0, 65_536)
    .default(64)
    .describe('MiB of answers to lists that are kept until something of their user changes; 0 = none'),
  PERSISTED_ONLY: flag.default(false).describe('accept only the operations of PERSISTED_MANIFEST'),
  PERSISTED_MANIFEST: z
    .string()
    .min(1)
    .default('schema/operations.json')
    .describe('file of the accepted operations: a JSON object of SHA-256 hashes and documents'),
  REDIS_URL: redisUrl.optional().describe('shares rate limits and revocations between instances'),
  RATE_LIMIT_SCALE: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be a number such as 1 or 0.5')
    .transform(Number)
    .default(1)
    .describe('multiplies every rate limit; 0 = off'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('info has one line per request; debug adds probes and why tokens are refused'),
  LOG_REQUESTS: flag.default(true).describe('one line per request; false keeps those of errors and slow requests'),
  LOG_FORMAT: z.enum(['json', 'pretty']).optional().describe('default pretty on a terminal, json otherwise'),
  METRICS_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('bearer token that /metrics asks for; open without one'),
  SLOW_QUERY_MS: whole(0, 600_000)
    .optional()
    .describe(
      'milliseconds: slower SQL statements are logged as warnings; 0 = off; default 100 in development, else 0',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .describe(
      'OpenTelemetry collector that takes traces by OTLP over HTTP, e.g. http://localhost:4318; none without it',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: httpHeaders
    .optional()
    .describe('headers that the collector asks for, such as a token: name=value, comma-separated, percent-encoded'),
  OTEL_SERVICE_NAME: z.string().min(1).default('premium-todo').describe('what traces call this server'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/, 'must be a number from 0 to 1')
    .transform(Number)
    .default(1)
    .describe('share of the requests that are traced; callers that send a traceparent decide for theirs'),
  OTEL_PROPAGATORS: list
    .default(['tracecontext'])
    .describe('none: traceparent of callers is ignored, where they are not to decide what is traced'),
  SLOW_REQUEST_MS: whole(1, 600_000).default(1000).describe('milliseconds: slower requests are logged as warnings'),
});

export type Settings = z.output<typeof settings>;
