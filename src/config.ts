import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { MAXIMUM_WORKERS, type Settings, settings } from './settings.ts';

/** A random secret of 32 hexadecimal digits has 14 of them on average, and fewer than 8 once in 28 million times. */
const MINIMUM_SECRET_VARIETY = 8;

/** The configuration of one server, frozen. Everything below `main.ts` and the commands takes this, never the environment. */
export type Config = Readonly<ReturnType<typeof toConfig>>;

/** Thrown for wrong settings; the message names every one of them and never shows a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const ENV_FILE = '.env';

/**
 * Adds what `.env` in the working directory says to the environment, where it is not set already.
 * @throws ConfigError when there is one that cannot be read: going on without its settings would be another server
 */
export function loadEnvFile(): void {
  if (!existsSync(ENV_FILE)) return;
  try {
    process.loadEnvFile(ENV_FILE);
  } catch (error) {
    throw new ConfigError(`This user cannot read the file ${ENV_FILE}, in which the settings are`, { cause: error });
  }
}

/**
 * Reads and validates the settings. An empty value counts as absent, as `.env` files write it.
 * @throws ConfigError naming each wrong setting
 */
export function loadConfig(environment: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(
    Object.keys(settings.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
  const parsed = settings.safeParse(present);
  const faults = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`);
  if (!parsed.success || faults.length > 0) throw new ConfigError(`Wrong settings:\n  ${faults.join('\n  ')}`);
  return deepFrozen(toConfig(parsed.data));
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFrozen);
  return Object.freeze(value);
}

/** What counts for the whole server and is divided among its workers. */
const SHARED_BY_WORKERS = ['DATABASE_POOL_MAX', 'MAX_CONCURRENT_REQUESTS'] as const;

function contradictions(read: Settings): string[] {
  const faults: string[] = [];
  const external = read.BETTER_AUTH_SECRET !== undefined || read.AUTH_JWKS_URL !== undefined;
  if (read.AUTH_EMBEDDED && read.AUTH_JWKS_URL) {
    faults.push('AUTH_EMBEDDED and AUTH_JWKS_URL exclude each other: tokens come from one Better Auth');
  }
  if (read.AUTH_EMBEDDED === false && !external) {
    faults.push('BETTER_AUTH_SECRET or AUTH_JWKS_URL must be set with AUTH_EMBEDDED=false: no token could be accepted');
  }
  if (read.DATABASE_ANSWER_TIMEOUT !== undefined && read.DATABASE_ANSWER_TIMEOUT <= read.DATABASE_STATEMENT_TIMEOUT) {
    faults.push(
      'DATABASE_ANSWER_TIMEOUT must be more than DATABASE_STATEMENT_TIMEOUT, which could never end a statement',
    );
  }
  if (typeof read.WORKERS === 'number') {
    for (const name of SHARED_BY_WORKERS) {
      if (read.WORKERS > read[name])
        faults.push(`WORKERS must not be more than ${name}, of which each takes its share`);
    }
  }
  if (read.TRASH_RETENTION_DAYS !== undefined && read.TRASH_RETENTION_DAYS > read.SYNC_RETENTION_DAYS) {
    faults.push('TRASH_RETENTION_DAYS must not be more than SYNC_RETENTION_DAYS, after which deleted tasks are gone');
  }
  if (read.DATABASE_URL_DIRECT && !read.DATABASE_URL) {
    faults.push('DATABASE_URL must be set with DATABASE_URL_DIRECT: without it the embedded PostgreSQL is used');
  }
  if (shutdownDelay(read) > read.SHUTDOWN_TIMEOUT / 2) {
    faults.push('SHUTDOWN_DELAY must not be more than half of SHUTDOWN_TIMEOUT: the rest is for requests under way');
  }
  if (read.NODE_ENV === 'production') {
    if (read.BETTER_AUTH_SECRET?.some((text) => new Set(text).size < MINIMUM_SECRET_VARIETY)) {
      faults.push(`BETTER_AUTH_SECRET must have at least ${MINIMUM_SECRET_VARIETY} different characters in production`);
    }
    if (read.AUTH_JWKS_URL && !read.AUTH_ISSUER)
      faults.push('AUTH_ISSUER must be set with AUTH_JWKS_URL in production');
    if (!external && read.AUTH_EMBEDDED === undefined) {
      faults.push(
        'BETTER_AUTH_SECRET or AUTH_JWKS_URL must be set in production (or AUTH_EMBEDDED=true, if the embedded Better Auth is meant)',
      );
    }
  }
  return faults;
}

function shutdownDelay(read: Settings): number {
  return read.SHUTDOWN_DELAY ?? (read.NODE_ENV === 'production' ? 5000 : 0);
}

function automaticWorkers(read: Settings): number {
  return Math.min(availableParallelism(), MAXIMUM_WORKERS, ...SHARED_BY_WORKERS.map((name) => read[name]));
}

function toConfig(read: Settings) {
  const production = read.NODE_ENV === 'production';
  const embeddedAuth = read.AUTH_EMBEDDED ?? !(read.BETTER_AUTH_SECRET || read.AUTH_JWKS_URL);
  return {
    production,
    /** the playground and the start message hand out tokens only here */
    development: !production && embeddedAuth,
    host: read.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: read.PORT,
    workers: read.WORKERS === 'auto' ? automaticWorkers(read) : read.WORKERS,
    publicUrl: read.PUBLIC_URL ?? `http://localhost:${read.PORT}`,
    dataDirectory: resolve(read.DATA_DIR),
    database: {
      url: read.DATABASE_URL,
      directUrl: read.DATABASE_URL_DIRECT ?? read.DATABASE_URL,
      poolMaximum: read.DATABASE_POOL_MAX,
      poolTimeout: read.DATABASE_POOL_TIMEOUT,
      statementTimeout: read.DATABASE_STATEMENT_TIMEOUT,
      answerTimeout: read.DATABASE_ANSWER_TIMEOUT ?? (read.DATABASE_STATEMENT_TIMEOUT || 10_000) + 5000,
      prepared: read.DATABASE_PREPARED,
      slowQuery: read.SLOW_QUERY_MS ?? (read.NODE_ENV === 'development' ? 100 : 0),
    },
    readinessIdleInterval: read.READINESS_IDLE_INTERVAL,
    auth: {
      secrets: read.BETTER_AUTH_SECRET ?? [],
      jwksUrl: read.AUTH_JWKS_URL,
      issuer: read.AUTH_ISSUER,
      audience: read.AUTH_AUDIENCE,
      maxTokenAge: read.AUTH_MAX_TOKEN_AGE,
      clockTolerance: read.AUTH_CLOCK_TOLERANCE,
      embedded: embeddedAuth,
      userTable: read.AUTH_USER_TABLE,
    },
    /** `undefined` allows every port of localhost and nothing else */
    corsOrigins: read.CORS_ORIGINS ?? (production ? [] : undefined),
    bodyLimit: read.BODY_LIMIT,
    trustedProxyHops: read.TRUST_PROXY_HOPS,
    maximumConcurrentRequests: read.MAX_CONCURRENT_REQUESTS,
    liveConnections: { maximum: read.MAX_LIVE_CONNECTIONS, perUser: read.MAX_SUBSCRIPTIONS_PER_USER },
    introspection: read.GRAPHQL_INTROSPECTION ?? !production,
    batchLimit: read.GRAPHQL_BATCH_LIMIT,
    /** the folder of a built front end; one that was chosen must be there */
    frontEnd: frontEndOf(read, embeddedAuth),
    playground: (read.GRAPHQL_PLAYGROUND ?? !production) && !read.PERSISTED_ONLY,
    documentLimits: {
      tokens: read.GRAPHQL_MAX_TOKENS,
      depth: read.GRAPHQL_MAX_DEPTH,
      aliases: read.GRAPHQL_MAX_ALIASES,
      directives: read.GRAPHQL_MAX_DIRECTIVES,
      cost: read.GRAPHQL_MAX_COST,
    },
    shutdown: { delay: shutdownDelay(read), timeout: read.SHUTDOWN_TIMEOUT },
    resultCacheSize: read.RESULT_CACHE_SIZE,
    persistedManifest: read.PERSISTED_ONLY ? resolve(read.PERSISTED_MANIFEST) : undefined,
    auditRetentionDays: read.AUDIT_RETENTION_DAYS,
    /** days */
    retention: {
      sync: read.SYNC_RETENTION_DAYS,
      trash: read.TRASH_RETENTION_DAYS ?? Math.min(30, read.SYNC_RETENTION_DAYS),
      history: read.HISTORY_RETENTION_DAYS,
    },
    redisUrl: read.REDIS_URL,
    rateLimitScale: read.RATE_LIMIT_SCALE,
    metricsToken: read.METRICS_TOKEN,
    logging: {
      level: read.LOG_LEVEL,
      format: read.LOG_FORMAT,
      requests: read.LOG_REQUESTS,
      slowRequest: read.SLOW_REQUEST_MS,
      traced: read.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    },
    tracing: tracingOf(read),
  };
}

function frontEndOf({ WEB_ROOT, NODE_ENV }: Settings, embeddedAuth: boolean) {
  if (WEB_ROOT !== undefined) return { directory: resolve(WEB_ROOT), isChosen: true };
  const isExample = NODE_ENV === 'development' && embeddedAuth;
  return isExample ? { directory: resolve('examples/web/dist'), isChosen: false } : undefined;
}

/** OpenTelemetry says that the path of its traces is added to the collector's URL. `undefined`: nothing is traced. */
function tracingOf(read: Settings) {
  const endpoint = read.OTEL_EXPORTER_OTLP_ENDPOINT;
  return endpoint === undefined
    ? undefined
    : {
        url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
        headers: read.OTEL_EXPORTER_OTLP_HEADERS ?? {},
        serviceName: read.OTEL_SERVICE_NAME,
        ratio: read.OTEL_TRACES_SAMPLER_ARG,
        continuesTraces: read.OTEL_PROPAGATORS.includes('tracecontext'),
      };
}
