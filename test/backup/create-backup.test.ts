import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { createBackup } from '../../src/backup/create-backup.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeTasks } from '../support/factories.ts';
import { backUp, never, newDirectory, restore, untilWaiting, withOwner } from './support.ts';

const WRITERS = ['alice', 'bob', 'carol'];

let directory: string;
let path: string;
let source: TestDatabase;

beforeAll(async () => {
  source = await createTestDatabase();
  for (const user of WRITERS) await storeTasks(source.url, user, Array(5000).fill({}));
});
afterAll(() => source.drop());
beforeEach(async () => {
  directory = await newDirectory();
  path = join(directory, 'backup');
});
afterEach(() => rm(directory, { recursive: true }));

/** Adds one task after the other, each a transaction of its own that raises its owner's `rev`, until it is told to stop. */
async function write(userId: string, signal: AbortSignal): Promise<number> {
  return withOwner(source.url, async (client) => {
    let written = 0;
    for (; !signal.aborted; written++) {
      await client.query("insert into tasks (id, user_id, title) values (gen_random_uuid(), $1, 'new')", [userId]);
    }
    return written;
  });
}

it('is of one moment, whatever is written meanwhile', async () => {
  const stop = new AbortController();
  const writing = WRITERS.map((user) => write(user, stop.signal));
  for (const user of WRITERS) await untilRevised(user);
  await backUp(source.url, path);
  stop.abort();
  expect(Math.min(...(await Promise.all(writing)))).toBeGreaterThan(1);

  const target = await createEmptyDatabase();
  await restore(target.url, path);
  const { rows } = await withOwner(target.url, (client) =>
    client.query<{ rev: string; latest: string }>(
      'select users.rev, max(tasks.rev) as latest from users join tasks on user_id = users.id group by users.id',
    ),
  );
  await target.drop();
  expect(rows).toHaveLength(WRITERS.length);
  for (const { rev, latest } of rows) expect(latest).toBe(rev);
});

it('leaves no file when it is interrupted while it writes', async () => {
  const controller = new AbortController();
  const progress = () => controller.abort(new Error('Interrupted'));
  const request = { url: source.url, path, overwrite: false, now: new Date(), progress, signal: controller.signal };
  await expect(createBackup(request)).rejects.toThrow('Interrupted');
  expect(await readdir(directory)).toEqual([]);
});

/** Runs `end` while a backup waits for somebody who has locked a table. */
async function whileWaiting(signal: AbortSignal, end: (client: Client) => unknown): Promise<unknown> {
  return withOwner(source.url, async (client) => {
    await client.query('begin; lock table tasks in access exclusive mode');
    const outcome = backUp(source.url, path, signal).catch((error: unknown) => error);
    await untilWaiting(source.url);
    await end(client);
    return outcome;
  });
}

it('leaves no file when it is interrupted while it waits', async () => {
  const controller = new AbortController();
  const outcome = await whileWaiting(controller.signal, () => controller.abort(new Error('Interrupted')));
  expect(outcome).toMatchObject({ message: 'Interrupted' });
  expect(await readdir(directory)).toEqual([]);
});

it('leaves no file when the connection breaks', async () => {
  const outcome = await whileWaiting(never, (client) =>
    client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'premium-todo backup'",
    ),
  );
  expect(outcome).toMatchObject({ code: '57P01' });
  expect(await readdir(directory)).toEqual([]);
});

it('overwrites no file unless it is told to, and not before the new one is whole', async () => {
  await writeFile(path, 'precious');
  await expect(backUp(source.url, path)).rejects.toThrow(/^The file exists already: --force overwrites it$/);
  const empty = await createEmptyDatabase();
  const request = { path, overwrite: true, now: new Date(), signal: never };
  await expect(createBackup({ ...request, url: empty.url })).rejects.toThrow(/^There is nothing to back up/);
  await empty.drop();
  expect(await readdir(directory)).toEqual(['backup']);
  const { bytes } = await createBackup({ ...request, url: source.url });
  expect(bytes).toBeGreaterThan(1000);
});

it('says so when the file cannot be written', async () => {
  await expect(backUp(source.url, join(directory, 'none', 'backup'))).rejects.toThrow(/^Cannot write the file: ENOENT/);
});

async function untilRevised(user: string): Promise<void> {
  await withOwner(source.url, async (client) => {
    while ((await client.query('select from users where id = $1 and rev > 0', [user])).rowCount === 0);
  });
}
