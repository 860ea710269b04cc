import { createHash } from 'node:crypto';
import { isNativeError } from 'node:util/types';
import { type BetterAuthOptions, type BetterAuthRateLimitStorage, betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { bearer } from 'better-auth/plugins/bearer';
import { jwt } from 'better-auth/plugins/jwt';
import { type Kysely, sql } from 'kysely';
import { RateLimitedError } from '../core/errors.ts';
import { createRateLimits, type RateLimits } from '../core/rate-limits.ts';

/** Better Auth's tables stand in a schema of their own, apart from the product's. */
const SCHEMA = 'auth';
export const BASE_PATH = '/api/auth';
/** The header that tells Better Auth the client's address; `handle` sets it, so that a client cannot. */
export const ADDRESS_HEADER = 'x-client-address';
/** seconds */
const TOKEN_LIFETIME = 15 * 60;
const OLD_KEY_LIFETIME = 24 * 60 * 60;
/** seconds; REQUESTS of one address to one path in it */
const RATE_WINDOW = 10;
const RATE_SCOPE = 'better-auth';
const REQUESTS = 200;
const CREDENTIAL_REQUESTS = 20;

export interface BetterAuthSettings {
  readonly secrets: readonly string[];
  readonly publicUrl: string;
  readonly trustedOrigins?: readonly string[] | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** where requests to Better Auth are counted, per address and path */
  readonly rateLimits: RateLimits;
  /** receives the errors that Better Auth would only log */
  readonly onError: (error: Error) => void;
  /** hears whose session was ended, within the request that did it */
  readonly onSessionEnd: (userId: string) => void;
}

// biome-ignore lint/suspicious/noExplicitAny: Better Auth describes its tables itself and asks for Kysely<any>
type AuthDatabase = Kysely<any>;

/**
 * Better Auth reads these by itself, whatever options it is given: origins to trust, keys to decrypt with, telemetry that
 * its own option cannot switch off. What this server was given stands in its configuration, so they are taken away.
 */
const OWN_SETTINGS = /^(BETTER_AUTH_|AUTH_SECRET$)/;

/** Better Auth with its tables and signing key in place. Safe to run in several processes at once. */
export async function startBetterAuth(database: AuthDatabase, settings: BetterAuthSettings) {
  for (const name of Object.keys(process.env)) if (OWN_SETTINGS.test(name)) delete process.env[name];
  const options = betterAuthOptions(database, settings);
  await migrate(database, options);
  const auth = betterAuth(options);
  await provideSigningKey(database, () => auth.api.signJWT({ body: { payload: {} } }));
  return auth;
}

/** The tables alone, which depend on no setting. */
export function provideTables(database: AuthDatabase): Promise<void> {
  const rateLimits = createRateLimits(0);
  const settings = { secrets: [], publicUrl: 'http://localhost', rateLimits, onError() {}, onSessionEnd() {} };
  return migrate(database, betterAuthOptions(database, settings));
}

function betterAuthOptions(database: AuthDatabase, settings: BetterAuthSettings) {
  const limit = (requests: number) => ({ window: RATE_WINDOW, max: requests });
  const { origin } = new URL(settings.publicUrl);
  return {
    appName: 'premium-todo',
    baseURL: origin,
    basePath: BASE_PATH,
    secrets: settings.secrets.map((value) => ({ version: secretVersion(value), value })),
    trustedOrigins: settings.trustedOrigins?.slice() ?? ['http://localhost:*', 'http://127.0.0.1:*'],
    database: databaseOption(database),
    emailAndPassword: { enabled: true },
    session: { cookieCache: { enabled: false } },
    rateLimit: {
      enabled: settings.rateLimits.enabled,
      ...limit(REQUESTS),
      customStorage: rateLimitStorage(settings.rateLimits),
      customRules: {
        '/sign-in/*': limit(CREDENTIAL_REQUESTS),
        '/sign-up/*': limit(CREDENTIAL_REQUESTS),
        '/change-password': limit(CREDENTIAL_REQUESTS),
      },
    },
    advanced: {
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      // both are off under NODE_ENV=test unless they are given
      disableOriginCheck: false,
      disableCSRFCheck: false,
      database: { validateSchema: false },
    },
    databaseHooks: {
      session: { delete: { after: async ({ userId }: { userId: string }) => settings.onSessionEnd(userId) } },
    },
    telemetry: { enabled: false },
    onAPIError: { throw: true },
    logger: {
      level: 'error',
      // Messages and arguments can hold addresses, origins and URLs with tokens: only errors leave, for the server's log.
      log: (_level, ...entries) => {
        const error = entries.find(isNativeError);
        if (error !== undefined) settings.onError(error);
      },
    },
    plugins: [
      bearer(),
      jwt({
        disableSettingJwtHeader: true,
        jwks: { gracePeriod: OLD_KEY_LIFETIME },
        jwt: {
          expirationTime: `${TOKEN_LIFETIME}s`,
          issuer: settings.issuer ?? origin,
          audience: settings.audience ?? origin,
          // the default is the whole row of the user
          definePayload: ({ user }) => ({ email: user.email, name: user.name }),
        },
      }),
    ],
  } satisfies BetterAuthOptions;
}

/** Counts where the APIs count, so that instances share these limits too. */
function rateLimitStorage(rateLimits: RateLimits): BetterAuthRateLimitStorage {
  return {
    async consume(key, { window, max }) {
      try {
        await rateLimits.consume({ limit: max, duration: window, scope: RATE_SCOPE }, key);
        return { allowed: true, retryAfter: null };
      } catch (error) {
        if (!(error instanceof RateLimitedError)) throw error;
        return { allowed: false, retryAfter: error.details.retryAfter ?? window };
      }
    },
  };
}

/** `schemaName` qualifies every statement, which a pooler in transaction mode needs: a `search_path` would leak there. */
function databaseOption(database: AuthDatabase) {
  return { db: database, type: 'postgres', schemaName: SCHEMA, transaction: true } as const;
}

/** Better Auth marks what it encrypts with the number of the secret, which must not move when a secret is put before it. */
function secretVersion(secret: string): number {
  return createHash('sha256').update(secret).digest().readUIntBE(0, 6);
}

/** Better Auth's own migrations: a look at the catalog, and statements only when something is missing. */
async function migrate(database: AuthDatabase, options: BetterAuthOptions): Promise<void> {
  if (isComplete(await getMigrations(options))) return;
  await database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('premium-todo better-auth migrations', 0))`.execute(
      transaction,
    );
    const migrations = await getMigrations({ ...options, database: databaseOption(transaction) });
    await migrations.runMigrations();
  });
}

function isComplete(plan: Awaited<ReturnType<typeof getMigrations>>): boolean {
  return plan.toBeCreated.length + plan.toBeAdded.length + plan.toBeAddedIndexes.length === 0;
}

/**
 * Signs once, which makes the first key. A key that was encrypted with a secret this server was not given cannot sign
 * any more: it ends, and the next signature makes a new one; the tokens it signed stay valid for their time.
 */
async function provideSigningKey(database: AuthDatabase, sign: () => Promise<unknown>): Promise<void> {
  try {
    await sign();
  } catch (error) {
    if (!(isNativeError(error) && error.message.startsWith('Failed to decrypt private key'))) throw error;
    await sql`update ${sql.table(`${SCHEMA}.jwks`)} set "expiresAt" = now() where "expiresAt" is null or "expiresAt" > now()`.execute(
      database,
    );
    await sign();
  }
}
