import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Config, loadConfig } from '../src/config.ts';
import { settings } from '../src/settings.ts';
import { faults } from './support/config-faults.ts';

const SECRET = 'one secret of the tests with more than 32 bytes';

describe('without any setting', () => {
  it('the server is in development on this machine only, with its own database and accounts', () => {
    expect(loadConfig({})).toEqual({
      production: false,
      development: true,
      host: '127.0.0.1',
      port: 4000,
      publicUrl: 'http://localhost:4000',
      dataDirectory: resolve('.data'),
      database: {
        url: undefined,
        directUrl: undefined,
        poolMaximum: 10,
        poolTimeout: 3000,
        statementTimeout: 10_000,
        answerTimeout: 15_000,
        prepared: true,
        slowQuery: 100,
      },
      auth: {
        secrets: [],
        jwksUrl: undefined,
        issuer: undefined,
        audience: undefined,
        maxTokenAge: 86_400,
        clockTolerance: 5,
        embedded: true,
        userTable: undefined,
      },
      corsOrigins: undefined,
      bodyLimit: 1_048_576,
      trustedProxyHops: 0,
      maximumConcurrentRequests: 2000,
      liveConnections: { maximum: 20_000, perUser: 50 },
      frontEnd: { directory: resolve('examples/web/dist'), isChosen: false },
      introspection: true,
      playground: true,
      documentLimits: { tokens: 2000, depth: 12, aliases: 50, directives: 50, cost: 10_000 },
      resultCacheSize: 64,
      shutdown: { delay: 0, timeout: 25_000 },
      persistedManifest: undefined,
      auditRetentionDays: 90,
      retention: { sync: 90, trash: 30, history: 365 },
      readinessIdleInterval: 1,
      redisUrl: undefined,
      workers: 1,
      batchLimit: 0,
      rateLimitScale: 1,
      metricsToken: undefined,
      logging: { level: 'info', format: undefined, requests: true, slowRequest: 1000, traced: false },
      tracing: undefined,
    });
  });

  it('every setting that is there but empty counts as absent', () => {
    const empty = Object.fromEntries(Object.keys(settings.shape).map((name) => [name, '']));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });

  it('whatever else stands in the environment is not looked at', () => {
    expect(loadConfig({ PATH: '/bin', port: '1', PORT_: '2', npm_config_port: '3' })).toEqual(loadConfig({}));
  });
});

describe('settings', () => {
  it('are read, each into its place', () => {
    const config = loadConfig({
      NODE_ENV: 'test',
      HOST: '::1',
      PORT: '8080',
      PUBLIC_URL: 'https://todo.example.com',
      DATA_DIR: '/var/lib/todo',
      DATABASE_URL: 'postgres://app@pooler/todo',
      DATABASE_URL_DIRECT: 'postgresql://app@db/todo',
      DATABASE_POOL_MAX: '3',
      DATABASE_POOL_TIMEOUT: '200',
      DATABASE_STATEMENT_TIMEOUT: '0',
      DATABASE_ANSWER_TIMEOUT: '700',
      DATABASE_PREPARED: 'false',
      AUTH_JWKS_URL: 'https://auth.example.com/jwks',
      AUTH_ISSUER: 'https://auth.example.com',
      AUTH_AUDIENCE: 'todo',
      AUTH_MAX_TOKEN_AGE: '60',
      AUTH_CLOCK_TOLERANCE: '0',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:5173,',
      BODY_LIMIT: '2048',
      WEB_ROOT: '/srv/front-end',
      GRAPHQL_INTROSPECTION: 'false',
      GRAPHQL_BATCH_LIMIT: '10',
      RATE_LIMIT_SCALE: '0.25',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
      LOG_REQUESTS: 'false',
      METRICS_TOKEN: 'a token for prometheus',
      SLOW_QUERY_MS: '20',
      SLOW_REQUEST_MS: '50',
      AUTH_USER_TABLE: 'login.user',
      AUDIT_RETENTION_DAYS: '30',
      SYNC_RETENTION_DAYS: '365',
      TRASH_RETENTION_DAYS: '60',
      HISTORY_RETENTION_DAYS: '700',
      TRUST_PROXY_HOPS: '1',
      MAX_CONCURRENT_REQUESTS: '100',
      MAX_LIVE_CONNECTIONS: '300',
      MAX_SUBSCRIPTIONS_PER_USER: '4',
      GRAPHQL_PLAYGROUND: 'false',
      GRAPHQL_MAX_TOKENS: '500',
      GRAPHQL_MAX_DEPTH: '6',
      GRAPHQL_MAX_ALIASES: '0',
      GRAPHQL_MAX_DIRECTIVES: '5',
      GRAPHQL_MAX_COST: '700',
      RESULT_CACHE_SIZE: '16',
      PERSISTED_ONLY: 'true',
      PERSISTED_MANIFEST: '/etc/todo/operations.json',
      REDIS_URL: 'redis://cache:6379',
      WORKERS: '3',
      SHUTDOWN_DELAY: '2000',
      SHUTDOWN_TIMEOUT: '20000',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://traces.example.com/otlp/',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20a%3D%2Cb, x-team=todo',
      OTEL_SERVICE_NAME: 'todo',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      OTEL_PROPAGATORS: 'none',
    });
    expect(config).toEqual({
      production: false,
      development: false,
      host: '::1',
      port: 8080,
      publicUrl: 'https://todo.example.com',
      dataDirectory: '/var/lib/todo',
      database: {
        url: 'postgres://app@pooler/todo',
        directUrl: 'postgresql://app@db/todo',
        poolMaximum: 3,
        poolTimeout: 200,
        statementTimeout: 0,
        answerTimeout: 700,
        prepared: false,
        slowQuery: 20,
      },
      auth: {
        secrets: [],
        jwksUrl: 'https://auth.example.com/jwks',
        issuer: 'https://auth.example.com',
        audience: 'todo',
        maxTokenAge: 60,
        clockTolerance: 0,
        embedded: false,
        userTable: 'login.user',
      },
      corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
      bodyLimit: 2048,
      trustedProxyHops: 1,
      maximumConcurrentRequests: 100,
      liveConnections: { maximum: 300, perUser: 4 },
      frontEnd: { directory: '/srv/front-end', isChosen: true },
      introspection: false,
      playground: false,
      documentLimits: { tokens: 500, depth: 6, aliases: 0, directives: 5, cost: 700 },
      resultCacheSize: 16,
      persistedManifest: '/etc/todo/operations.json',
      auditRetentionDays: 30,
      retention: { sync: 365, trash: 60, history: 700 },
      readinessIdleInterval: 1,
      redisUrl: 'redis://cache:6379',
      workers: 3,
      shutdown: { delay: 2000, timeout: 20_000 },
      batchLimit: 10,
      rateLimitScale: 0.25,
      metricsToken: 'a token for prometheus',
      logging: { level: 'debug', format: 'json', requests: false, slowRequest: 50, traced: true },
      tracing: {
        url: 'https://traces.example.com/otlp/v1/traces',
        headers: { authorization: 'Basic a=,b', 'x-team': 'todo' },
        serviceName: 'todo',
        ratio: 0.25,
        continuesTraces: false,
      },
    });
  });

  it('use the pooled database for migrations where no direct one is named', () => {
    const { url, directUrl } = loadConfig({ DATABASE_URL: 'postgres://app@db/todo' }).database;
    expect(directUrl).toBe(url);
  });

  it('are frozen', () => {
    const config: { -readonly [Key in keyof Config]: Config[Key] } = loadConfig({});
    expect(() => {
      config.port = 1;
    }).toThrow(TypeError);
  });
});

describe('wrong settings', () => {
  // A drill with DATABASE_URL= made an embedded PostgreSQL, and then migrated and restored where DATABASE_URL_DIRECT pointed to.
  it('are an address for migrations and none for requests', () => {
    expect(faults({ DATABASE_URL_DIRECT: 'postgres://owner@db/todo' })).toEqual([
      'DATABASE_URL must be set with DATABASE_URL_DIRECT: without it the embedded PostgreSQL is used',
    ]);
  });

  it('are named all at once', () => {
    const lines = faults({
      NODE_ENV: 'prod',
      HOST: 'example.com',
      PORT: '70000',
      DATABASE_URL: 'mysql://db/todo',
      DATABASE_PREPARED: 'yes',
      BETTER_AUTH_SECRET: 'short',
      AUTH_JWKS_URL: 'ftp://auth.example.com',
      CORS_ORIGINS: '*',
      RATE_LIMIT_SCALE: '-1',
      LOG_LEVEL: 'loud',
      METRICS_TOKEN: 'short',
    });
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      ...['NODE_ENV', 'HOST', 'PORT', 'DATABASE_URL', 'DATABASE_PREPARED', 'BETTER_AUTH_SECRET'],
      ...['AUTH_JWKS_URL', 'CORS_ORIGINS', 'RATE_LIMIT_SCALE', 'LOG_LEVEL', 'METRICS_TOKEN'],
    ]);
  });

  it('are never shown, as they may be secret', () => {
    const wrong = fc.stringMatching(/^[#%&!?*]{12,20}$/);
    fc.assert(
      fc.property(wrong, (value) => {
        const names = Object.keys(settings.shape).filter((name) => !['DATA_DIR', 'METRICS_TOKEN'].includes(name));
        const lines = faults({ ...Object.fromEntries(names.map((name) => [name, value])), METRICS_TOKEN: '#!?*' });
        expect(lines.length).toBeGreaterThan(20);
        expect(lines.join('\n')).not.toContain(value);
        expect(lines.join('\n')).not.toContain('#!?*');
      }),
    );
  });

  it.each([
    ['PORT', ['-1', '65536', '80.5', '0x50', '1e3', ' 80', 'http', '9'.repeat(16)]],
    ['DATABASE_POOL_MAX', ['0', '1001']],
    ['BODY_LIMIT', ['1023', '104857601']],
    ['GRAPHQL_BATCH_LIMIT', ['101', 'true']],
    ['AUTH_MAX_TOKEN_AGE', ['0', '31536001']],
    ['AUTH_CLOCK_TOLERANCE', ['301', '-1']],
    ['RATE_LIMIT_SCALE', ['-1', 'Infinity', 'NaN', '1e3', '.5', '1,5']],
    ['GRAPHQL_INTROSPECTION', ['1', 'TRUE', 'yes', 'on']],
    ['LOG_FORMAT', ['xml']],
    ['HOST', ['example.com', '256.0.0.1', 'localhost:80']],
    ['PUBLIC_URL', ['todo.example.com', 'javascript:alert(1)']],
    ['DATABASE_URL', ['db/todo', 'http://db/todo']],
    ['AUTH_JWKS_URL', ['file:///etc/passwd', 'auth.example.com']],
    ['METRICS_TOKEN', ['fifteen letters']],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', ['localhost:4318', 'grpc://localhost:4317']],
    ['OTEL_EXPORTER_OTLP_HEADERS', ['authorization', 'x team=todo', 'x=%', 'x=a%0Ab', '=todo']],
    ['OTEL_TRACES_SAMPLER_ARG', ['1.5', '-0.1', '50%', '1e-2', '.5', 'NaN']],
    ['BETTER_AUTH_SECRET', [',', ' , ', `${SECRET},short`, 'x'.repeat(31)]],
  ])('%s may be none of %j', (name, values) => {
    for (const value of values) {
      const lines = faults({ [name]: value });
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(new RegExp(`^${name} `));
    }
  });

  it.each([
    ...[
      '*',
      'null',
      'app.example.com',
      'https://app.example.com/',
      'https://app.example.com/path',
      'https://*.example.com/',
    ],
    ...['https://APP.example.com', 'https://app.example.com:443', 'https://user@app.example.com', 'file:///tmp'],
  ])('CORS_ORIGINS may not hold %s, which is no exact origin', (value) => {
    expect(faults({ CORS_ORIGINS: `https://good.example.com,${value}` })).toEqual([
      'CORS_ORIGINS must be an exact origin such as https://app.example.com',
    ]);
  });
});
