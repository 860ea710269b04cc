import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import type { JSONWebKeySet } from 'jose';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { NotFoundError } from '../core/errors.ts';
import type { RequestOrigin, SecurityEventLog } from '../core/security-events.ts';
import { translateDatabaseError } from '../db/errors.ts';
import { discardAfterFatal } from '../db/fatal-errors.ts';
import type { BetterAuthSettings } from './better-auth.ts';
import { toAnswer } from './embedded-answer.ts';
import { checkBody } from './embedded-body.ts';
import { authEvent } from './sign-in-events.ts';

/** Connections at most; signing in is rare beside everything else. */
const POOL_MAXIMUM = 4;
/** milliseconds */
const POOL_TIMEOUT = 3000;
const IDLE_TIMEOUT = 10_000;
/** What is offered of Better Auth's routes; no mail is sent and no social provider is known, so the others could only fail. */
const ROUTES = new Set([
  'sign-up/email',
  'sign-in/email',
  'sign-out',
  'get-session',
  'list-sessions',
  'revoke-session',
  'revoke-sessions',
  'revoke-other-sessions',
  'change-password',
  'update-user',
  'token',
  'jwks',
  'ok',
]);
/** What Better Auth reads of a request; without `X-Forwarded-*`, since the address is given by the server. */
const HEADERS = ['authorization', 'cookie', 'origin', 'referer', 'user-agent'] as const;
/** Sent by browsers, which then send `Origin` or a cookie too, and by Node's `fetch`, which sends neither. */
const FETCH_METADATA = ['sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest'] as const;

interface EmbeddedAuthOptions extends Omit<BetterAuthSettings, 'onError' | 'onSessionEnd'> {
  /** of a role that may create the schema `auth` or owns it */
  readonly databaseUrl: string;
  readonly events: SecurityEventLog;
}

/** What is heard of a request while Better Auth works on it. */
interface Course {
  failure?: Error;
  endedUser?: string;
}

/** A request as an HTTP framework gives it. */
export interface AuthRequest {
  readonly method: string;
  /** path and query, as in the request line */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** parsed JSON; `undefined` when there is no body */
  readonly body: unknown;
  /** its address is for the rate limits and the list of sessions too */
  readonly origin: RequestOrigin;
}

/** The server's own Better Auth: e-mail and password, sessions, and tokens that their users carry to the APIs. */
export interface EmbeddedAuth {
  /**
   * Answers what is under `/api/auth/` and is Better Auth's; refusals are problem documents (RFC 9457) that keep Better
   * Auth's `code` and `message` for its client library.
   * @throws AppError for unknown routes, bodies that cannot be stored, too many requests and a database that is away
   */
  handle(request: AuthRequest): Promise<Response>;
  /** The public keys of the tokens from `/api/auth/token`. */
  keys(): Promise<JSONWebKeySet>;
  /** Ends all sessions, so that none can be exchanged for a new token. */
  endSessions(userId: string): Promise<void>;
  /** Erases the user, if there is one, with sessions and password. */
  deleteUser(userId: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts Better Auth in the schema `auth` of the database: makes or completes its tables and its first signing key.
 * Better Auth itself is only loaded here.
 */
export async function createEmbeddedAuth(options: EmbeddedAuthOptions): Promise<EmbeddedAuth> {
  const { BASE_PATH, ADDRESS_HEADER, startBetterAuth } = await import('./better-auth.ts');
  const { origin } = new URL(options.publicUrl);
  const requests = new AsyncLocalStorage<Course>();
  const pool = new Pool({
    connectionString: options.databaseUrl,
    max: POOL_MAXIMUM,
    connectionTimeoutMillis: POOL_TIMEOUT,
    idleTimeoutMillis: IDLE_TIMEOUT,
  });
  // A connection that breaks is replaced at the next request, and the query under way rejects. Without these listeners
  // it would end the process: pg-pool takes its own off a client while somebody has it.
  pool.on('connect', (client) => {
    client.on('error', () => {});
    discardAfterFatal(client);
  });
  pool.on('error', () => {});
  const database = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const auth = await startBetterAuth(database, {
    ...options,
    onError: (error) => {
      const request = requests.getStore();
      if (request !== undefined) request.failure ??= error;
    },
    onSessionEnd: (userId) => {
      const request = requests.getStore();
      if (request !== undefined) request.endedUser = userId;
    },
  }).catch(async (error: unknown) => {
    await database.destroy();
    throw error;
  });
  const { internalAdapter } = await auth.$context;

  async function answer(request: AuthRequest): Promise<Response> {
    const end = request.url.includes('?') ? request.url.indexOf('?') : request.url.length;
    const [path, search] = [request.url.slice(0, end), request.url.slice(end)];
    const route = path.slice(BASE_PATH.length + 1);
    if (!path.startsWith(`${BASE_PATH}/`) || !ROUTES.has(route)) {
      throw new NotFoundError('There is no such route');
    }
    checkBody(request.body);
    const forwarded = readHeaders(request.headers).flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value] as [string, string]] : [];
    });
    const webRequest = new Request(`${origin}${path}${search}`, {
      method: request.method,
      headers: [[ADDRESS_HEADER, request.origin.address], ['content-type', 'application/json'], ...forwarded],
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
    const course: Course = {};
    const response = await requests.run(course, () => auth.handler(webRequest));
    if (course.failure !== undefined && !isDuplicate(course.failure)) throw course.failure;
    const event = await authEvent(route, response, {
      endedUser: course.endedUser,
      sessionUser: async () => (await auth.api.getSession({ headers: webRequest.headers }))?.user.id ?? null,
      triedUser: async () => (await internalAdapter.findUserByEmail(emailIn(request.body)))?.user.id ?? null,
    });
    if (event) options.events.record({ ...event, origin: request.origin });
    return toAnswer(response);
  }

  return {
    handle: (request) => answer(request).catch(rethrow),
    async keys() {
      return (await auth.api.getJwks()) as JSONWebKeySet;
    },
    endSessions: (userId) => internalAdapter.deleteUserSessions(userId).catch(rethrow),
    deleteUser: (userId) => internalAdapter.deleteUser(userId).catch(rethrow),
    close: () => database.destroy(),
  };
}

function emailIn(body: unknown): string {
  return String((body as { email?: unknown } | undefined)?.email ?? '');
}

function rethrow(error: unknown): never {
  throw translateDatabaseError(error);
}

/** Two who sign up with one address at once: Better Auth logs that, and its answer is the right one. */
function isDuplicate(error: Error): boolean {
  return 'code' in error && error.code === '23505';
}

/**
 * Better Auth takes fetch metadata for the sign of a browser and refuses a sign-up without an `Origin`. A request with
 * neither origin nor cookie carries nothing that another site could abuse, so there the metadata is left out.
 */
function readHeaders({ origin, cookie }: IncomingHttpHeaders): readonly string[] {
  return origin === undefined && cookie === undefined ? HEADERS : [...HEADERS, ...FETCH_METADATA];
}
