import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { withoutIndexes } from './without-indexes.ts';

/** A million tasks, 100,000 of them of one user and the others of 4,500 more, scattered as time scatters them. */

const TASKS = 1_000_000;
/** Every tenth task is theirs. */
export const BUSY_USER = 'busy';
export const BUSY_USERS_TASKS = TASKS / 10;
export const ORDINARY_USER = 'user-7';
const ORDINARY_USERS = 4500;

/** Words of the busy user's tasks: one task in a thousand, a hundred and ten, and all. */
export const WORDS = { seldom: 'seldom', hundredth: 'hundredth', tenth: 'tenth', every: 'task' };

/** The trigger is off and the indexes are built afterwards, so that it takes half a minute. */
export async function openMillionTasks(): Promise<OpenTestDatabase> {
  const database = await openTestDatabase();
  await database.owner(
    `insert into users (id) select 'user-' || n from generate_series(1, ${ORDINARY_USERS}) n union all select '${BUSY_USER}'`,
  );
  await database.owner('alter table tasks disable trigger tasks_stamp');
  await withoutIndexes(database, (client, part, parts) =>
    client.query(insertion((part * TASKS) / parts + 1, ((part + 1) * TASKS) / parts)),
  );
  await database.owner('alter table tasks enable trigger tasks_stamp');
  await database.owner(
    `insert into audit_events (id, user_id, event, outcome, occurred_at, last_at)
     select gen_random_uuid(), case when n % 50 = 0 then '${BUSY_USER}' else 'user-' || n % ${ORDINARY_USERS} end,
       'SIGNED_IN', 'SUCCEEDED', now() - n * interval '1 minute', now() - n * interval '1 minute'
     from generate_series(1, 20000) n`,
  );
  // Sees to it that counts need not look at the rows, as autovacuum does in the end.
  await database.owner('vacuum (analyze) tasks, users, audit_events');
  return database;
}

function insertion(from: number, to: number): string {
  return `
    insert into tasks (id, user_id, title, description, completed, completed_at, created_at, updated_at, deleted_at)
    select gen_random_uuid(), case when n % 10 = 0 then '${BUSY_USER}' else 'user-' || 1 + n % ${ORDINARY_USERS} end,
      'Task ' || n || case when n % 100 = 0 then ' ${WORDS.tenth}' else '' end
        || case when n % 1000 = 0 then ' ${WORDS.hundredth}' else '' end
        || case when n % 10000 = 0 then ' ${WORDS.seldom}' else '' end,
      null, n % 3 = 0, case when n % 3 = 0 then now() end, now() - n * interval '1 minute',
      now() - (n * 7919::bigint % ${TASKS}) * interval '1 minute', case when n % 1010 = 1 then now() end
    from generate_series(${from}, ${to}) n`;
}
