import { Client } from 'pg';

/**
 * What a user of PostGraphile adds in SQL for what tables alone do not give: custom mutations and a custom query. They
 * run as their caller, so that row-level security holds in them, and live in a schema that nobody else looks at.
 */
const SETUP = `
  create schema postgraphile;

  create function postgraphile.add_task(title text, description text) returns tasks language sql volatile as $$
    insert into tasks (id, user_id, title, description)
    values (uuidv7(), current_setting('app.user_id'), title, description) returning *
  $$;

  create function postgraphile.toggle_task(task_id uuid) returns tasks language sql volatile as $$
    update tasks set completed = not completed where id = task_id and deleted_at is null returning *
  $$;

  create function postgraphile.open_tasks(words text) returns setof tasks language sql stable as $$
    select * from tasks
    where deleted_at is null and not completed and search @@ search_query(words)
    order by created_at desc, id desc
  $$;

  -- Without a name of their own they would get the schema's before theirs.
  comment on function postgraphile.add_task is '@name addTask';
  comment on function postgraphile.toggle_task is '@name toggleTask';
  comment on function postgraphile.open_tasks is '@name openTasks';

  grant usage on schema postgraphile to premium_todo_app;
`;

/** Prepares the database, once for all that use it. */
export async function prepareDatabase(ownerUrl: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(SETUP);
  } finally {
    await client.end();
  }
}
