import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createLogger } from '../../src/core/logger.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { rawRequest } from '../support/raw-request.ts';

/**
 * Everything that users write and everything that opens doors, sent along every way that ends in the log, with the log
 * as chatty as it can be. Each word stands for one kind of secret and must not turn up.
 */
const SECRETS = {
  title: 'marmalade',
  description: 'rhubarb',
  search: 'gooseberry',
  literal: 'elderflower',
  variable: 'quincejelly',
  email: 'blackcurrant@example.com',
  name: 'Damson Plum',
  password: 'mulberry-Pa55word',
  cookie: 'cloudberry',
  basic: 'huckleberry',
  idempotencyKey: 'boysenberry',
  metricsToken: 'lingonberry-of-prometheus',
  inPath: 'persimmon',
};

let app: TestApp;
let owner: Client;
const lines: string[] = [];

beforeAll(async () => {
  const logger = createLogger({ level: 'trace', format: 'json' }, { write: (line) => void lines.push(line) });
  const environment = {
    AUTH_EMBEDDED: 'true',
    METRICS_TOKEN: SECRETS.metricsToken,
    GRAPHQL_BATCH_LIMIT: '5',
    SLOW_QUERY_MS: '1',
    SLOW_REQUEST_MS: '1',
  };
  app = await startTestApp({ environment, overrides: { logger } });
  owner = new Client({ connectionString: app.databaseUrl });
  await owner.connect();
  await owner.query(`
    create function fail_by_hand() returns trigger language plpgsql as $$
      begin perform pg_sleep(0.005);
        if new.title like 'raise%' then
          raise exception 'refused by hand' using errcode = 'XX000', detail = format('Failing row: %s', new);
        end if;
        return new; end $$;
    create trigger by_hand before insert on tasks for each row execute function fail_by_hand();
  `);
});
afterAll(async () => {
  await owner.end();
  await app.close();
});

const { title, description, search, literal, variable, email, name, password } = SECRETS;
const CREATE = 'mutation Create($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }';

async function driveGraphQL(user: string): Promise<void> {
  for (let times = 0; times < 4; times++) {
    await app.graphql(user, CREATE, { input: { title: `${title} ${times}`, description } });
    await app.graphql(user, CREATE, { input: { title: `raise ${title}`, description } });
    await app.graphql(user, CREATE, { input: { title: 'x'.repeat(300) + title, [variable]: variable } });
    await app.graphql(user, 'query Find($search: String) { tasks(search: $search) { nodes { id } } }', { search });
    await app.graphql(user, 'query Odd($first: Int) { tasks(first: $first) { nodes { id } } }', { first: variable });
  }
  await app.graphql(user, `{ tasks(search: "${literal}") { nodes { id } } }`);
  await app.graphql(user, `{ tasks(first: "${literal}") { nodes { id } } }`);
  await app.graphql(user, `{ ${literal} }`);
  await app.graphql(user, `{ task(id: "${literal}") { id }`);
  await app.graphql(user, `query Deep { ${'tasks { nodes { '.repeat(30)} ${literal}`);
  const credentials = { 'content-type': 'application/json', ...(await app.credentials(user)) };
  const send = (body: string) => fetch(`${app.url}/graphql`, { method: 'POST', headers: credentials, body });
  await send(`{"query": "${literal}`);
  await send(JSON.stringify([{ query: `{ ${literal} }` }, { query: CREATE, variables: { input: { title } } }]));
  await send(JSON.stringify({ query: literal.repeat(200_000) }));
  await send(JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: literal } } }));
  const query = encodeURIComponent(`{ tasks(search: "${search}") { nodes { id } } }`);
  await fetch(`${app.url}/graphql?query=${query}`, { headers: await app.credentials(user) });
}

async function driveRest(user: string): Promise<void> {
  const key = { 'idempotency-key': SECRETS.idempotencyKey };
  await app.rest(user, 'POST', '/api/tasks', { title, description }, key);
  await app.rest(user, 'POST', '/api/tasks', { title: `${title} again` }, key);
  await app.rest(user, 'POST', '/api/tasks', { title: `raise ${title}`, description });
  await app.rest(user, 'POST', '/api/tasks', { title: [title], [variable]: variable });
  await app.rest(user, 'POST', '/api/tasks', `{"title": "${title}`);
  await app.rest(user, 'POST', '/api/tasks', { title: title.repeat(200_000) });
  await app.rest(user, 'GET', `/api/tasks?search=${search}&page=${search}`);
  await app.rest(user, 'GET', `/api/tasks?search=${search}`);
  await app.rest(user, 'PUT', `/api/tasks/019bde2e-0000-7000-8000-000000000001?${search}`, { title });
}

async function driveAuthentication(user: string): Promise<string> {
  const good = await app.token(user);
  const [header, , signature] = good.split('.');
  const claims = Buffer.from(JSON.stringify({ sub: user, email, exp: 1, iat: 0 })).toString('base64url');
  for (const authorization of [
    `Bearer ${header}.${claims}.${signature}`,
    `Bearer ${good}x`,
    `Basic ${SECRETS.basic}`,
  ]) {
    const headers = { authorization, cookie: `session=${SECRETS.cookie}` };
    await fetch(`${app.url}/api/tasks?access_token=${good}`, { headers });
    await fetch(`${app.url}/graphql?query={viewer{id}}`, { headers });
  }
  await rawRequest(app.url, [
    'GET /api/tasks HTTP/1.1',
    `authorization: Bearer ${good}`,
    `authorization: Bearer ${good}`,
  ]);
  await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${SECRETS.metricsToken}` } });
  const headers = { 'content-type': 'application/json', origin: app.url };
  const post = (path: string, body: unknown) =>
    fetch(`${app.url}/api/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  await post('sign-up/email', { email, name, password });
  await post('sign-up/email', { email, name, password });
  await post('sign-in/email', { email, password: `${password} no` });
  await post('sign-in/email', { email: [email], password });
  await post(`reset-password/${SECRETS.inPath}`, { newPassword: password });
  return signature ?? '';
}

it('no secret, no token and no word of a user reaches the log, whatever goes wrong', async () => {
  const user = newUser();
  await driveGraphQL(user);
  await driveRest(user);
  const signature = await driveAuthentication(user);
  const log = lines.join('');
  const messages = new Set(lines.map((line) => JSON.parse(line).msg));
  // What is looked through holds what it should: unexpected errors, slow statements, refused tokens, requests.
  for (const expected of ['operation failed', 'request failed', 'slow statement', 'token refused', 'slow request']) {
    expect(messages).toContain(expected);
  }
  const leaked = [...Object.entries(SECRETS), ['signature', signature]].filter(([, secret]) =>
    log.includes(secret ?? ''),
  );
  expect(leaked).toEqual([]);
  expect(log).not.toMatch(/eyJ|Bearer (?!<token>)/);
});
