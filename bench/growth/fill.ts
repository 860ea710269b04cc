import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BUSY_USER, copyLines, ordinaryUser, type Population } from './rows.ts';

/** Both cores are busy with the words of the tasks. */
const CONNECTIONS = 2;
const MEMORY_FOR_INDEXES = '1GB';
const COLUMNS = 'id, user_id, title, description, completed, completed_at, created_at, updated_at';

interface Index {
  name: string;
  definition: string;
}

export interface Relation {
  name: string;
  bytes: number;
}

/** Fills the migrated, empty tables, and answers how many seconds that took. The indexes are built when all rows are there. */
export async function fill(url: string, population: Population, note: (message: string) => void): Promise<number> {
  const begin = performance.now();
  const database = await connected(url);
  try {
    const { rows: indexes } = await database.query<Index>(
      `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
       where indrelid = 'tasks'::regclass and not indisprimary`,
    );
    await database.query(
      `insert into users (id) select '${ordinaryUser(0).slice(0, -1)}' || n from generate_series(1, $1::int) n
       union all select '${BUSY_USER}'`,
      [population.users],
    );
    await database.query('alter table tasks disable trigger tasks_stamp');
    for (const { name } of indexes) await database.query(`drop index ${name}`);
    await copyAll(url, population, note);
    await database.query('alter table tasks enable trigger tasks_stamp');
    await buildAll(url, indexes, note);
    note('vacuum and analyze');
    await database.query('vacuum (analyze) users, tasks');
    await database.query('checkpoint');
  } finally {
    await database.end();
  }
  return (performance.now() - begin) / 1000;
}

async function copyAll(url: string, population: Population, note: (message: string) => void): Promise<void> {
  const { tasks } = population;
  const share = Math.ceil(tasks / CONNECTIONS);
  let copied = 0;
  let told = 0;
  async function copyShare(part: number): Promise<void> {
    const client = await connected(url);
    const lines = copyLines(population, part * share, Math.min(tasks, (part + 1) * share));
    const counted = function* () {
      for (const chunk of lines) {
        yield chunk;
        copied += chunk.split('\n').length - 1;
        const twentieths = Math.floor((copied * 20) / tasks);
        if (twentieths > told)
          note(`${(twentieths * 5).toString().padStart(3)} % of ${tasks.toLocaleString('en')} tasks`);
        told = Math.max(told, twentieths);
      }
    };
    try {
      await pipeline(Readable.from(counted()), client.query(copyFrom(`copy tasks (${COLUMNS}) from stdin`)));
    } finally {
      await client.end();
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, part) => copyShare(part)));
}

/** The index of words takes as long as all others together, so it is built beside them. */
async function buildAll(url: string, indexes: readonly Index[], note: (message: string) => void): Promise<void> {
  const isOfWords = ({ definition }: Index) => definition.includes('USING gin');
  const parts = [indexes.filter(isOfWords), indexes.filter((index) => !isOfWords(index))];
  async function build(part: readonly Index[]): Promise<void> {
    const client = await connected(url);
    try {
      await client.query(
        `set maintenance_work_mem = '${MEMORY_FOR_INDEXES}'; set max_parallel_maintenance_workers = 0`,
      );
      for (const { name, definition } of part) {
        note(`building ${name}`);
        await client.query(definition);
        note(`built ${name}`);
      }
    } finally {
      await client.end();
    }
  }
  await Promise.all(parts.map(build));
}

/** Tables and their indexes, the largest first. */
export async function relationSizes(url: string): Promise<Relation[]> {
  const rows = await ownerQuery<{ name: string; bytes: string }>(
    url,
    `select relname as name, pg_table_size(oid) as bytes from pg_class
     where relname like 'tasks%' and relkind in ('r', 'i') order by 2 desc`,
  );
  return rows.map(({ name, bytes }) => ({ name, bytes: Number(bytes) }));
}

/** One statement as the owner of the tables. */
export async function ownerQuery<Row>(url: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = await connected(url);
  try {
    return (await client.query(text, values.slice())).rows as Row[];
  } finally {
    await client.end();
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
