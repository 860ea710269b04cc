import { Client } from 'pg';
import type { TestApp } from '../../support/app.ts';

/** More than the kernel keeps for both ends of a connection. */
const TASKS = 300;
const CHARACTERS = 60_000;

/** Writes many large tasks of one user past the server, and answers their titles in order. */
export async function writeLargeTasks({ databaseUrl }: Pick<TestApp, 'databaseUrl'>, user: string): Promise<string[]> {
  const owner = new Client({ connectionString: databaseUrl });
  await owner.connect();
  const titles = Array.from({ length: TASKS }, (_, number) => `large ${number}`);
  await owner.query(
    `insert into tasks (id, user_id, title, description)
     select gen_random_uuid(), $1, title, repeat('x', $3) from unnest($2::text[]) as title`,
    [user, titles, CHARACTERS],
  );
  await owner.end();
  return titles;
}
