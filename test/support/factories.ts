import { Client } from 'pg';

/** What a test does not care about fills itself in; what it names stays as it is. */

let made = 0;

/** A user id that no other test has: tests share a server and not a single row. */
export function newUser(name = 'user'): string {
  made += 1;
  return `${name}-${process.pid}-${made}`;
}

export interface TaskInput {
  id?: string;
  title: string;
  description?: string | null;
  completed?: boolean;
}

export function taskInput(changes: Partial<TaskInput> = {}): TaskInput {
  made += 1;
  return { title: `Task ${made}`, ...changes };
}

export interface StoredTask {
  title?: string;
  description?: string | null;
  completed?: boolean;
  createdAt?: string;
  updatedAt?: string;
  completedAt?: string | null;
}

/**
 * Puts tasks of one user straight into the database, with whatever times they shall have: the trigger that keeps
 * `updated_at` and `version` is off meanwhile. Answers their ids in order.
 */
export async function storeTasks(databaseUrl: string, userId: string, tasks: readonly StoredTask[]): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('insert into users (id) values ($1) on conflict do nothing', [userId]);
    await client.query('set session_replication_role = replica');
    const { rows } = await client.query<{ id: string }>(
      `insert into tasks (id, user_id, title, description, completed, created_at, updated_at, completed_at)
       select gen_random_uuid(), $1, title, description, completed, created_at, updated_at,
         case when completed then completed_at end
       from jsonb_to_recordset($2) as given (title text, description text, completed boolean,
         created_at timestamptz, updated_at timestamptz, completed_at timestamptz)
       returning id`,
      [userId, JSON.stringify(tasks.map(storedTask))],
    );
    return rows.map((row) => row.id);
  } finally {
    await client.end();
  }
}

function storedTask(task: StoredTask): Record<string, unknown> {
  made += 1;
  const createdAt = task.createdAt ?? new Date(Date.UTC(2026, 0, 1) + made * 1000).toISOString();
  const updatedAt = task.updatedAt ?? createdAt;
  return {
    title: task.title ?? `Task ${made}`,
    description: task.description ?? null,
    completed: task.completed ?? false,
    created_at: createdAt,
    updated_at: updatedAt,
    completed_at: task.completedAt ?? updatedAt,
  };
}
