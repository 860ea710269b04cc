import { Client } from 'pg';
import { TASK_PRIORITIES, type TaskPriority } from '../../src/tasks/task.ts';

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
  priority?: TaskPriority;
  dueDate?: string | null;
  dueAt?: string | null;
  dueTimeZone?: string | null;
  recurrence?: string | null;
  /** which need not be those of tags that there are */
  tagIds?: string[];
  listId?: string | null;
  parentId?: string | null;
  rank?: string | null;
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
      `with stored as (
         insert into tasks (id, user_id, title, description, completed, created_at, updated_at, completed_at, priority,
           due_date, due_at, due_time_zone, due_sort, recurrence, tag_ids, list_id, parent_id, rank)
         select gen_random_uuid(), $1, title, description, completed, created_at, updated_at,
           case when completed then completed_at end, priority, due_date, due_at, due_time_zone,
           coalesce(due_date + time '23:59:59.999', due_at at time zone coalesce(due_time_zone, 'UTC')),
           recurrence, array(select jsonb_array_elements_text(tag_ids))::uuid[], list_id, parent_id, rank
         from jsonb_to_recordset($2) as given (title text, description text, completed boolean,
           created_at timestamptz, updated_at timestamptz, completed_at timestamptz, priority smallint, due_date date,
           due_at timestamptz, due_time_zone text, recurrence text, tag_ids jsonb, list_id uuid, parent_id uuid, rank text)
         returning *
       ), tagged as (
         insert into task_tags (user_id, task_id, tag_id)
         select user_id, id, unnest(tag_ids) from stored on conflict do nothing
       )
       select id from stored`,
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
    priority: TASK_PRIORITIES.indexOf(task.priority ?? 'NONE'),
    due_date: task.dueDate ?? null,
    due_at: task.dueAt ?? null,
    due_time_zone: task.dueTimeZone ?? null,
    recurrence: task.recurrence ?? null,
    tag_ids: task.tagIds ?? [],
    list_id: task.listId ?? null,
    parent_id: task.parentId ?? null,
    rank: task.rank ?? null,
  };
}
