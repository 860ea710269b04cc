import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createLogger } from '../../src/core/logger.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';

/** What a real fault of the database says of the rows that it met: neither the answer nor the log may repeat it. */

const TITLE = 'visit the doctor on friday';
const DESCRIPTION = 'the test results and what follows from them';

let app: TestApp;
let client: Client;
let lines: string[] = [];

beforeAll(async () => {
  const logger = createLogger({ level: 'trace', format: 'json' }, { write: (line) => void lines.push(line) });
  app = await startTestApp({ overrides: { logger } });
  client = new Client({ connectionString: app.databaseUrl });
  await client.connect();
  await client.query(`
    alter table tasks add constraint nobody_thought_of_this check (title not like '%doctor%');
    create function fail_by_hand() returns trigger language plpgsql as $$
      begin raise exception 'refused by hand' using errcode = new.description, detail = format('Failing row: %s', new); end $$;
    create trigger by_hand before insert on tasks for each row when (new.title like 'raise%') execute function fail_by_hand();
  `);
});
afterAll(async () => {
  await client.end();
  await app.close();
});
afterEach(() => {
  lines = [];
});

interface Answer {
  status: number;
  code: string;
  text: string;
}

const CREATE = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }';
const APIS: [string, (user: string, input: Record<string, unknown>) => Promise<Answer>][] = [
  [
    'GraphQL',
    async (user, input) => {
      const { status, data, errors, headers } = await app.graphql(user, CREATE, { input });
      return {
        status,
        code: errors[0]?.extensions.code ?? '',
        text: JSON.stringify([data, errors, [...headers]]),
      };
    },
  ],
  [
    'REST',
    async (user, input) => {
      const { status, body, headers } = await app.rest(user, 'POST', '/api/tasks', input);
      return { status, code: body.code, text: JSON.stringify([body, [...headers]]) };
    },
  ],
];

/** SQL, names of the database, stacks, files and library words. */
const INTERNALS =
  /constraint|violates|insert into|nobody_thought|relation|Failing row|\n\s+at |node_modules|\.ts\b|MikroORM|Driver|\bpg\b|SQLSTATE|plpgsql|by_hand/i;

describe.each(APIS)('a fault of the database, in %s', (_name, create) => {
  it('that nobody thought of is masked, and logged without the row that it met', async () => {
    const { code, text } = await create(newUser(), { title: TITLE, description: DESCRIPTION });
    expect(code).toBe('INTERNAL_SERVER_ERROR');
    expect(text).not.toMatch(INTERNALS);
    expect(text).not.toMatch(/doctor|results/);
    const log = lines.join('');
    expect(log).toContain('nobody_thought_of_this');
    expect(log).toContain('"stack"');
    expect(log).not.toMatch(/doctor|test results|Bearer|eyJ/);
  });

  it.each([
    ...[
      ['40001', 'SERVICE_UNAVAILABLE'],
      ['40P01', 'SERVICE_UNAVAILABLE'],
      ['57P01', 'SERVICE_UNAVAILABLE'],
      ['57P03', 'SERVICE_UNAVAILABLE'],
      ['53300', 'SERVICE_UNAVAILABLE'],
      ['57014', 'SERVICE_UNAVAILABLE'],
      ['08006', 'SERVICE_UNAVAILABLE'],
    ],
    ...[
      ['22001', 'BAD_USER_INPUT'],
      ['22003', 'BAD_USER_INPUT'],
      ['22P02', 'BAD_USER_INPUT'],
      ['22021', 'BAD_USER_INPUT'],
      ['42501', 'FORBIDDEN'],
    ],
    ...['23514', '23505', '23503', '42P01', '42601', 'XX000', 'P0001'].map((state) => [state, 'INTERNAL_SERVER_ERROR']),
  ])('of SQLSTATE %s says %s and nothing of the row, neither to the client nor to the log', async (state, code) => {
    const answer = await create(newUser(), { title: `raise: ${TITLE}`, description: state });
    expect(answer.code).toBe(code);
    expect(answer.text).not.toMatch(INTERNALS);
    expect(answer.text + lines.join('')).not.toMatch(/doctor|Bearer|eyJ/);
  });
});
