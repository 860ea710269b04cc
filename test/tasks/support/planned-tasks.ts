import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { withoutIndexes } from './without-indexes.ts';

export const USER = 'planner';
export const LARGE_LIST = '00000000-0000-7000-8000-000000000001';
export const PARENT = '00000000-0000-7000-8000-000000000002';
export const TASKS = 100_000;

/** A user of 100,000 planned tasks, and another one: half are due on no day, most have no priority. */
export async function openPlannedTasks(): Promise<OpenTestDatabase> {
  const database = await openTestDatabase();
  await database.owner(`insert into users (id) values ('${USER}'), ('somebody')`);
  await database.owner(`insert into lists (id, user_id, name) values ('${LARGE_LIST}', '${USER}', 'Large')`);
  await database.owner(`insert into tasks (id, user_id, title) values ('${PARENT}', '${USER}', 'Parent')`);
  for (const table of ['lists', 'tags']) {
    await database.owner(
      `insert into ${table} (id, user_id, name) select md5('${table}' || n || owner)::uuid, owner, 'Name ' || n
       from generate_series(1, 499) n, unnest(array['${USER}', 'somebody']) owner`,
    );
  }
  await withoutIndexes(database, async (client, part, parts) => {
    await client.query('set session_replication_role = replica');
    await client.query(insertion((part * TASKS) / parts + 1, ((part + 1) * TASKS) / parts));
  });
  await database.owner('analyze');
  return database;
}

/** Moments, dates and priorities repeat, so that every key has to decide somewhere; others have deleted theirs later. */
function insertion(from: number, to: number): string {
  return `
     insert into tasks (id, user_id, title, completed, completed_at, created_at, updated_at, deleted_at, priority,
       due_date, due_at, due_sort, list_id, parent_id, rank, tag_ids)
     select id, owner, 'Task ' || n, completed_at is not null, completed_at, created_at, created_at, deleted_at, priority,
       due_date, due_at, coalesce(due_date + time '23:59:59.999', due_at at time zone 'UTC'), list_id, parent_id, rank,
       array[md5('tags' || 1 + n % 499 || owner), md5('tags' || 1 + (n + 7) % 499 || owner)]::uuid[]
     from generate_series(${from}, ${to}) n, unnest(array['${USER}', 'somebody']) owner, lateral (
       select md5(n || owner)::uuid as id, timestamptz '2026-01-01' + n * interval '1 minute' as created_at,
         case when n % 5 = 0 then timestamptz '2026-05-01' + n % 977 * interval '1 hour' end as completed_at,
         case when n % 20 = 7 then case owner when '${USER}' then timestamptz '2026-06-01' else timestamptz '2026-07-01' end
           + n % 971 * interval '1 second' end as deleted_at,
         case when n % 3 = 0 then 1 + n % 4 else 0 end as priority,
         case when n % 4 = 1 then date '2026-01-01' + n % 500 end as due_date,
         case when n % 4 = 3 then timestamptz '2026-01-01' + n % 501 * interval '1 hour' end as due_at,
         case when owner = '${USER}' and n % 10 = 2 then '${LARGE_LIST}'::uuid end as list_id,
         case when owner = '${USER}' and n % 10 = 4 then '${PARENT}'::uuid end as parent_id,
         case when n % 50 = 4 then 'm' || lpad((n * 7919 % ${TASKS})::text, 6, '0') || '1' end as rank
     ) as planned`;
}
