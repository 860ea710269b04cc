import type { Client } from 'pg';
import type { SeededUser } from './seeded-user.ts';
import { signToken } from './tokens.ts';

const USERS = 200;
const TASKS = 200;
const TAGS = 10;
const LISTS = 5;

/**
 * Users whose tasks have all that there is: up to three tags, a list, a priority, a due date each second time, and every
 * fifth one is a part of the one before. None where the schema is older than that.
 */
export async function plannedUsers(database: Client): Promise<SeededUser[]> {
  const { rows: known } = await database.query<{ is: boolean }>(`select to_regclass('tags') is not null as is`);
  if (known[0]?.is !== true) return [];
  // What triggers would keep is set here: they would write the owner's row for each task.
  await database.query('set session_replication_role = replica');
  await database.query(
    `insert into users (id, rev) select 'bench-planned-' || n, $2 from generate_series(1, $1::int) n`,
    [USERS, TASKS],
  );
  for (const [table, count] of [
    ['tags', TAGS],
    ['lists', LISTS],
  ] as const) {
    await database.query(
      `insert into ${table} (id, user_id, name, color)
       select uuidv7(), users.id, 'Name ' || n, '#3366ff' from users, generate_series(1, ${count}) n
       where users.id like 'bench-planned-%'`,
    );
  }
  await database.query(
    `with labels as (
       select users.id as user_id,
         array(select tags.id from tags where tags.user_id = users.id order by tags.name) as tags,
         array(select lists.id from lists where lists.user_id = users.id order by lists.name) as lists
       from users where users.id like 'bench-planned-%'
     )
     insert into tasks (id, user_id, title, completed, completed_at, rev, priority, due_date, due_sort, tag_ids, list_id,
       created_at, updated_at)
     select uuidv7(-age), user_id, 'Planned ' || n, n % 4 = 0, case when n % 4 = 0 then now() end, n, n % 5, due,
       due + time '23:59:59.999', tags[n % ${TAGS} + 1 : n % ${TAGS} + n % 4], lists[n % ${LISTS} + 1],
       now() - age, now() - age
     from labels, generate_series(1, $1::int) n, lateral (
       select make_interval(mins => ($1 - n) * 60) as age, case when n % 2 = 0 then current_date + n end as due
     ) as times`,
    [TASKS],
  );
  await database.query(
    `insert into task_tags (user_id, task_id, tag_id) select user_id, id, unnest(tag_ids) from tasks
     where user_id like 'bench-planned-%'`,
  );
  await database.query(
    `update tasks set parent_id = parent.id from tasks as parent
     where parent.user_id = tasks.user_id and tasks.user_id like 'bench-planned-%'
       and tasks.rev % 5 = 0 and parent.rev = tasks.rev - 1`,
  );
  await database.query('set session_replication_role = origin');
  const ids = Array.from({ length: USERS }, (_, index) => `bench-planned-${index + 1}`);
  return Promise.all(ids.map(async (id) => ({ id, token: await signToken(id), taskIds: [] })));
}
