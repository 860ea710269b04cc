import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { type App, type AppOverrides, createApp } from '../../src/app.ts';
import { signToken } from '../../src/auth/sign-token.ts';
import { loadConfig } from '../../src/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createTestDatabase } from './database.ts';
import { TEST_SECRET } from './test-secret.ts';

export interface GraphQLAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  data: any;
  errors: {
    message: string;
    path?: string[];
    extensions: { code: string; requestId: string } & Record<string, unknown>;
  }[];
  /** of the answer as a whole */
  extensions: Record<string, unknown> | undefined;
}

export interface RestAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

/** The whole server on a database and a port of its own, as clients see it. */
export interface TestApp extends App {
  url: string;
  databaseUrl: string;
  token(userId: string): Promise<string>;
  /** the headers that authenticate a user; none for `undefined` */
  credentials(user: string | undefined): Promise<Record<string, string>>;
  /** one operation over HTTP; `user` undefined sends no token */
  graphql(user: string | undefined, query: string, variables?: Record<string, unknown>): Promise<GraphQLAnswer>;
  rest(
    user: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<RestAnswer>;
  /** the rows of one statement as the owner of the tables, whom row-level security does not bind */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into rows of every shape
  owner<Row extends QueryResultRow = any>(text: string, values?: unknown[]): Promise<Row[]>;
}

export interface TestAppOptions {
  /** settings over those of the tests; an empty value removes one */
  environment?: Record<string, string>;
  overrides?: AppOverrides;
  /** the way that the server takes to its database, such as one by a proxy */
  through?: (databaseUrl: string) => string;
  /** whose database this instance uses as well, such as another instance's; to be closed after this one */
  beside?: { readonly databaseUrl: string };
}

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { environment = {}, overrides = {}, through, beside } = options;
  const database = beside ? { url: beside.databaseUrl, drop: async () => {} } : await createTestDatabase();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'premium-todo-app-'));
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    DATABASE_URL: through ? through(database.url) : database.url,
    ...(through ? { DATABASE_URL_DIRECT: database.url } : {}),
    DATA_DIR: dataDirectory,
    BETTER_AUTH_SECRET: TEST_SECRET,
    RATE_LIMIT_SCALE: '0',
    LOG_LEVEL: 'silent',
    ...environment,
  });
  const app = await createApp(config, overrides);
  const url = await app.listen();
  const tokens = new Map<string, Promise<string>>();
  let owner: Promise<Client> | undefined;

  function token(userId: string): Promise<string> {
    const existing = tokens.get(userId);
    if (existing !== undefined) return existing;
    const secret = config.auth.secrets[0] ?? TEST_SECRET;
    const created = signToken(
      { userId, lifetime: 3600, issuer: config.auth.issuer },
      secret,
      overrides.clock ?? systemClock,
    );
    tokens.set(userId, created);
    return created;
  }

  async function credentials(user: string | undefined): Promise<Record<string, string>> {
    return user === undefined ? {} : { authorization: `Bearer ${await token(user)}` };
  }

  async function connectOwner(): Promise<Client> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    return client;
  }

  return {
    ...app,
    url,
    databaseUrl: database.url,
    token,
    credentials,
    async graphql(user, query, variables) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await credentials(user)) },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors = [], extensions } = (await response.json()) as GraphQLAnswer;
      return { status: response.status, headers: response.headers, data, errors, extensions };
    },
    async rest(user, method, path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(await credentials(user)),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
    },
    async owner(text, values) {
      owner ??= connectOwner();
      return (await (await owner).query(text, values)).rows;
    },
    async close() {
      await app.close();
      await (await owner)?.end();
      await database.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
