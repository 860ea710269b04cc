import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp } from '../support/app.ts';

/** Roles as managed databases have them: an owner who is no superuser, and one for the server that owns nothing. */
const NAME = `roles_${process.pid}`;
const [OWNER, SERVER] = [`${NAME}_owner`, `${NAME}_server`];
const PASSWORD = 'only for these tests';

let superuser: Client;

function urlOf(role: string): string {
  const url = new URL(process.env.TEST_DATABASE_URL!);
  [url.username, url.password, url.pathname] = [role, PASSWORD, NAME];
  return url.href;
}

beforeAll(async () => {
  superuser = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await superuser.connect();
  await superuser.query(`create role ${OWNER} login createrole bypassrls password '${PASSWORD}'`);
  await superuser.query(`grant premium_todo_app to ${OWNER} with admin option`);
  await superuser.query(`create database ${NAME} owner ${OWNER}`);
});

afterAll(async () => {
  await superuser.query(`drop database ${NAME} with (force)`);
  await superuser.query(`drop role if exists ${SERVER}`);
  await superuser.query(`drop role ${OWNER}`);
  await superuser.end();
});

it('an owner who is no superuser is enough for everything, and the server does not act as the owner', async () => {
  const app = await startTestApp({ environment: { DATABASE_URL: urlOf(OWNER) } });
  const created = await app.rest('alice', 'POST', '/api/tasks', { title: 'Mine' });
  const found = await app.graphql('bob', 'query ($id: ID!) { task(id: $id) { title } }', { id: created.body.id });
  await app.close();
  expect(created.status).toBe(201);
  expect(found.errors[0]?.extensions.code).toBe('FORBIDDEN');
});

it('a login that only is a member of the role serves requests, while the owner migrates', async () => {
  const owner = new Client({ connectionString: urlOf(OWNER) });
  await owner.connect();
  await owner.query(`create role ${SERVER} login password '${PASSWORD}' in role premium_todo_app`);
  await owner.end();
  const app = await startTestApp({ environment: { DATABASE_URL: urlOf(SERVER), DATABASE_URL_DIRECT: urlOf(OWNER) } });
  const created = await app.rest('carol', 'POST', '/api/tasks', { title: 'Mine' });
  const ready = await app.rest(undefined, 'GET', '/health/ready');
  await app.close();
  expect([created.status, ready.status]).toEqual([201, 200]);
});

it('an owner who may neither make the role nor act as it is told what a superuser has to run', async () => {
  const name = `${NAME}_powerless`;
  await superuser.query(`create role ${name} login password '${PASSWORD}'`);
  await superuser.query(`create database ${name} owner ${name}`);
  const url = new URL(urlOf(name));
  url.pathname = name;
  const starting = startTestApp({ environment: { DATABASE_URL: url.href } });
  await expect(starting).rejects.toThrow(`create role premium_todo_app; grant premium_todo_app to ${name}`);
  await superuser.query(`drop database ${name} with (force)`);
  await superuser.query(`drop role ${name}`);
});
