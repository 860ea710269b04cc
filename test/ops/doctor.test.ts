import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { loadConfig } from '../../src/config.ts';
import { examine } from '../../src/ops/doctor/examine.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { TEST_SECRET } from '../support/test-secret.ts';

const ROLE = `doctor_${process.pid}`;
const PASSWORD = 'only for these tests of the doctor';
/** Nobody listens there. */
const NOBODY = '127.0.0.1:1';

describe('npm run doctor', () => {
  let database: TestDatabase;
  let owner: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    owner = new Client({ connectionString: database.url });
    await owner.connect();
    await owner.query(`create role ${ROLE} login password '${PASSWORD}'`);
  });
  afterAll(async () => {
    await owner.query(`drop role ${ROLE}`);
    await owner.end();
    await database.drop();
  });

  /** What it found, by check, as status and words. */
  async function look(environment: Record<string, string> = {}, now?: () => number) {
    const config = loadConfig({
      NODE_ENV: 'test',
      PORT: '0',
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: TEST_SECRET,
      ...environment,
    });
    const findings = await examine(config, now);
    const text = JSON.stringify(findings);
    return {
      text,
      faults: findings.filter(({ status }) => status === 'fault').map(({ check }) => check),
      of: (name: string) => findings.find(({ check }) => check === name),
    };
  }

  function as(user: string, password: string): string {
    const url = new URL(database.url);
    [url.username, url.password] = [user, password];
    return url.href;
  }

  it('finds no fault where there is none, and warns of a role that may bypass the policies', async () => {
    const { faults, of } = await look();
    expect(faults).toEqual([]);
    expect(of('role')).toMatchObject({ status: 'warning', says: expect.stringContaining('bypass row-level security') });
    expect(of('migrations')?.status).toBe('ok');
    expect(of('pooler')?.says).toBe('none in DATABASE_URL');
  });

  it('tells of a wrong password, and never shows it', async () => {
    const { faults, text } = await look({ DATABASE_URL: as(ROLE, 'a wrong secret word') });
    expect(faults).toEqual(['database']);
    expect(text).toContain('password authentication failed');
    expect(text).not.toMatch(/wrong secret word|wrong%20secret|postgres(ql)?:\/\//);
  });

  it('tells of a database that is away', async () => {
    expect((await look({ DATABASE_URL: `postgres://somebody:secret-word@${NOBODY}/todo` })).faults).toEqual([
      'database',
    ]);
  });

  it('tells of a role that is no member, and is content with one that is nothing else', async () => {
    expect((await look({ DATABASE_URL: as(ROLE, PASSWORD) })).of('role')?.status).toBe('fault');
    await owner.query(`grant premium_todo_app to ${ROLE}`);
    expect((await look({ DATABASE_URL: as(ROLE, PASSWORD) })).of('role')).toMatchObject({
      status: 'ok',
      says: `${ROLE} is bound by row-level security`,
    });
  });

  it('tells of an address for migrations where they would fail', async () => {
    const { faults, of } = await look({ DATABASE_URL_DIRECT: as(ROLE, PASSWORD) });
    expect(faults).toEqual(['owner']);
    expect(of('owner')?.says).toBe(`${ROLE} does not own the tables, so that migrations fail`);
    expect((await look()).of('owner')?.status).toBe('ok');
  });

  describe('with a new database', () => {
    const name = `${ROLE}_powerless`;
    const inside = (url: string) => new URL(`/${name}`, url).href;
    const environment = () => ({ DATABASE_URL: inside(as(name, PASSWORD)) });
    const asSuperuser = async (statement: string) => {
      const client = new Client({ connectionString: inside(database.url) });
      await client.connect();
      await client.query(statement);
      await client.end();
    };

    beforeEach(async () => {
      await owner.query(`create role ${name} login password '${PASSWORD}'`);
      await owner.query(`create database ${name}`);
    });
    afterEach(async () => {
      await owner.query(`drop database ${name} with (force)`);
      await owner.query(`drop role ${name}`);
    });

    it('tells an owner without rights what a superuser has to run, and is content once that was run', async () => {
      const first = await look(environment());
      expect(first.faults).toEqual(['role', 'extension', 'owner']);
      const remedy = async (look: typeof first, check: string) => {
        const { fix } = look.of(check)!;
        await asSuperuser(/: (.*)$/.exec(fix!)![1]!);
      };
      await remedy(first, 'extension');
      await remedy(first, 'owner');
      const second = await look(environment());
      expect(second.faults).toEqual(['role', 'owner']);
      expect(second.of('owner')?.says).toContain('may neither create premium_todo_app nor act as it');
      await remedy(second, 'owner');
      const third = await look(environment());
      expect(third.faults).toEqual([]);
      expect(third.of('migrations')?.says).toBe('the database was never migrated');
    });

    it('tells of a search path that names nothing', async () => {
      await asSuperuser(`alter database ${name} owner to ${name}; alter role ${name} set search_path = nowhere`);
      expect((await look(environment())).of('owner')).toMatchObject({
        status: 'fault',
        says: `no schema of the search_path of ${name} exists`,
      });
    });

    it('tells an owner of the tables who may not make more what to run', async () => {
      await asSuperuser(`create table tasks (); alter table tasks owner to ${name}; grant premium_todo_app to ${name}`);
      const { of } = await look(environment());
      expect(of('owner')).toMatchObject({
        status: 'fault',
        fix: `As a superuser in this database: grant create on schema "public" to "${name}"`,
      });
    });

    it('says that the owner of the database installs what may be installed by him', async () => {
      await asSuperuser(`alter database ${name} owner to ${name}`);
      expect((await look(environment())).of('extension')).toMatchObject({
        status: 'warning',
        says: 'btree_gin is not installed yet',
      });
    });
  });

  it('warns of a port that is in use, which may be by the server itself', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { faults, of } = await look({ HOST: '127.0.0.1', PORT: String(port) });
    other.close();
    expect(faults).toEqual([]);
    expect(of('port')).toMatchObject({ status: 'warning', says: `${port} is in use` });
  });

  it('tells of an address of the machine that is none of its own', async () => {
    expect((await look({ HOST: '192.0.2.1', PORT: '4000' })).of('port')?.status).toBe('fault');
  });

  it('tells of a schema that is newer than this version', async () => {
    await owner.query("insert into migrations (name) values ('29990101000000-future')");
    const { of } = await look();
    await owner.query("delete from migrations where name like '2999%'");
    expect(of('migrations')).toMatchObject({ status: 'fault', says: expect.stringContaining('29990101000000-future') });
  });

  it('warns of clocks that differ', async () => {
    expect((await look({}, () => Date.now() - 60_000)).of('clock')?.status).toBe('warning');
  });

  it('tells of a Redis that is away, without its password', async () => {
    const { faults, text } = await look({ REDIS_URL: `redis://:secret-word@${NOBODY}` });
    expect(faults).toEqual(['redis']);
    expect(text).not.toContain('secret-word');
  });

  it('looks for an embedded PostgreSQL and makes none', async () => {
    const directory = join(tmpdir(), `premium-todo-doctor-${process.pid}`);
    expect((await look({ DATABASE_URL: '', DATA_DIR: directory })).of('database')?.status).toBe('ok');
    expect(existsSync(directory)).toBe(false);
  });

  describe('with a key server', () => {
    let server: Server;
    let answer = '{"keys":[]}';

    beforeAll(async () => {
      server = createServer((_request, response) => response.end(answer)).listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterAll(() => {
      server.close();
    });

    const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;

    it('tells of a key set without keys, and of one that cannot be reached', async () => {
      expect((await look({ AUTH_JWKS_URL: url() })).of('keys')?.says).toBe('the key set has no usable key');
      expect((await look({ AUTH_JWKS_URL: `http://${NOBODY}/jwks` })).of('keys')?.status).toBe('fault');
    });

    it('is content with a usable key, and warns where no issuer is required', async () => {
      answer = '{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AA"}]}';
      const { of } = await look({ AUTH_JWKS_URL: url() });
      expect(of('keys')?.status).toBe('ok');
      expect(of('claims')?.status).toBe('warning');
    });
  });
});
