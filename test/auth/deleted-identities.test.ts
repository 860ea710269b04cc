import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { watchIdentities } from '../../src/auth/identity-trigger.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { movableClock, statusesOf } from './support/both-apis.ts';
import { startExternalAuth } from './support/external-auth.ts';

const SECONDS = 30;

/** How many seconds of the server's clock pass until both APIs refuse the token; at most thirty. */
async function secondsUntilRefused(app: TestApp, clock: { advance(milliseconds: number): void }, token: string) {
  for (let seconds = 0; seconds <= SECONDS; seconds++) {
    if ((await statusesOf(app, token)).every((status) => status === 401)) return seconds;
    clock.advance(1000);
  }
  throw new Error(`not refused after ${SECONDS} seconds`);
}

describe('a user who is deleted in the tables of the embedded Better Auth', () => {
  const clock = movableClock();
  let app: TestApp;
  let owner: Client;

  beforeAll(async () => {
    app = await startTestApp({ environment: { AUTH_EMBEDDED: 'true' }, overrides: { clock } });
    owner = new Client({ connectionString: app.databaseUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await app.close();
  });

  async function newcomer(email: string): Promise<{ userId: string; token: string }> {
    const password = 'correct horse';
    const signedUp = await app.rest(undefined, 'POST', '/api/auth/sign-up/email', { email, name: 'A', password });
    const authorization = `Bearer ${signedUp.body.token}`;
    const { body } = await app.rest(undefined, 'GET', '/api/auth/token', undefined, { authorization });
    return { userId: signedUp.body.user.id, token: body.token };
  }

  it('is refused within thirty seconds, and the others are not', async () => {
    const [gone, other] = [await newcomer('gone@example.com'), await newcomer('other@example.com')];
    for (const { token } of [gone, other]) expect(await statusesOf(app, token)).toEqual([200, 200]);
    await owner.query('delete from auth."user" where id = $1', [gone.userId]);
    await secondsUntilRefused(app, clock, gone.token);
    expect(await statusesOf(app, other.token)).toEqual([200, 200]);
  });

  it('is refused at once when nothing was heard of the user before', async () => {
    const { userId, token } = await newcomer('unseen@example.com');
    await owner.query('delete from auth."user" where id = $1', [userId]);
    expect(await statusesOf(app, token)).toEqual([401, 401]);
  });

  it('is refused when the whole table is emptied', async () => {
    const [seen, unseen] = [await newcomer('seen@example.com'), await newcomer('hidden@example.com')];
    expect(await statusesOf(app, seen.token)).toEqual([200, 200]);
    await owner.query('truncate auth."user" cascade');
    await secondsUntilRefused(app, clock, seen.token);
    expect(await statusesOf(app, unseen.token)).toEqual([401, 401]);
  });
});

describe('a user who is deleted in the tables of another Better Auth in the same database', () => {
  it('is refused within thirty seconds, whichever role deletes the user', async () => {
    const database = await createTestDatabase();
    const external = await startExternalAuth({ databaseUrl: database.url });
    const clock = movableClock();
    const app = await startTestApp({
      environment: {
        DATABASE_URL: database.url,
        BETTER_AUTH_SECRET: '',
        AUTH_JWKS_URL: external.jwksUrl,
        AUTH_ISSUER: external.url,
        AUTH_AUDIENCE: external.url,
      },
      overrides: { clock },
    });
    const [ann, bob] = [await external.signUp('ann@example.com'), await external.signUp('bob@example.com')];
    const tokens = await Promise.all([ann, bob].map(({ cookie }) => external.token(cookie)));
    for (const token of tokens) expect(await statusesOf(app, token)).toEqual([200, 200]);

    const role = `keeper_${process.pid}`;
    await external.query(`create role ${role}`);
    await external.query(`grant select, delete on "user", session, account to ${role}`);
    await external.query(`begin; set local role ${role}; delete from "user" where email = 'ann@example.com'; commit`);
    await secondsUntilRefused(app, clock, tokens[0]!);
    expect(await statusesOf(app, tokens[1]!)).toEqual([200, 200]);

    await external.query(`drop owned by ${role}; drop role ${role}`);
    await app.close();
    await external.close();
    await database.drop();
  });
});

describe('the triggers on a table of users', () => {
  let database: TestDatabase;
  let owner: Client;
  let messages: string[];

  beforeAll(async () => {
    database = await createTestDatabase();
    owner = new Client({ connectionString: database.url });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await database.drop();
  });
  beforeEach(() => {
    messages = [];
  });

  function watch(table?: string, databaseUrl = database.url): Promise<void> {
    return watchIdentities({ databaseUrl, table, log: (message) => messages.push(message) });
  }

  async function triggersOf(table: string): Promise<number> {
    const { rows } = await owner.query(
      'select count(*)::int as count from pg_trigger where tgrelid = $1::regclass and not tgisinternal',
      [table],
    );
    return rows[0].count;
  }

  it('are not made on a table that only has the name', async () => {
    await owner.query('create table public."user" (id text primary key, "emailVerifiedBy" text)');
    await watch();
    expect(await triggersOf('public."user"')).toBe(0);
    expect(messages).toEqual([]);
    await owner.query('drop table public."user"');
  });

  it('are made once by servers that start together, on the table that is named', async () => {
    await owner.query('create schema "Their Auth"; create table "Their Auth"."people%I" (id uuid primary key)');
    await Promise.all([1, 2, 3, 4].map(() => watch('Their Auth.people%I')));
    expect(await triggersOf('"Their Auth"."people%I"')).toBe(2);
    const [{ id }] = (await owner.query('insert into "Their Auth"."people%I" values (gen_random_uuid()) returning id'))
      .rows as [{ id: string }];
    await owner.query('delete from "Their Auth"."people%I"');
    const { rows } = await owner.query('select tokens_valid_after from users where id = $1', [id]);
    expect(rows).toEqual([{ tokens_valid_after: expect.any(Date) }]);
    expect(messages).toEqual([]);
  });

  it('do not hinder the deletion of what could be no user here', async () => {
    await owner.query('create table strangers (id text)');
    await watch('public.strangers');
    await owner.query(`insert into strangers values (''), (repeat('x', 256)), (null), ('known')`);
    await owner.query('delete from strangers');
    await owner.query(`insert into strangers values (''), (repeat('x', 256)), (null), ('known')`);
    await owner.query('truncate strangers');
    const { rows } = await owner.query(`select id from users where id in ('', 'known', repeat('x', 256))`);
    expect(rows).toEqual([{ id: 'known' }]);
  });

  it('never let good again what was ended later', async () => {
    await owner.query('create table early (id text)');
    await watch('public.early');
    await owner.query(`insert into users (id, tokens_valid_after) values ('late', '2999-01-01Z')`);
    await owner.query(`insert into early values ('late')`);
    await owner.query('delete from early');
    const { rows } = await owner.query(`select tokens_valid_after from users where id = 'late'`);
    expect(rows).toEqual([{ tokens_valid_after: new Date('2999-01-01Z') }]);
  });

  it('are missed in one line when the named table is not there', async () => {
    await watch('public.nobody');
    expect(messages).toEqual([expect.stringMatching(/^users deleted in public\.nobody keep their tokens/)]);
  });

  it('are missed in one line when the server has no right to make them', async () => {
    const role = `guest_${process.pid}`;
    await owner.query(`create role ${role} login password 'guest'; create table theirs (id text)`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'guest';
    await watch('public.theirs', url.href);
    await owner.query(`grant select on theirs to ${role}`);
    await watch('public.theirs', url.href);
    expect(messages).toEqual([
      expect.stringMatching(/^users deleted in public\.theirs keep .*read$/),
      expect.stringMatching(/^users deleted in public\.theirs keep .*trigger$/),
    ]);
    await owner.query(`drop owned by ${role}; drop role ${role}`);
  });

  it('cannot be hung on a table by a role that does not own the users', async () => {
    const role = `stranger_${process.pid}`;
    await owner.query(`create role ${role}; grant create on schema public to ${role}`);
    await owner.query(`set role ${role}; create table mine (id text)`);
    const trigger =
      'create trigger t after delete on mine for each row execute function end_tokens_of_deleted_identity()';
    await expect(owner.query(trigger)).rejects.toMatchObject({ code: '42501' });
    await owner.query(`reset role; drop owned by ${role}; drop role ${role}`);
  });
});
