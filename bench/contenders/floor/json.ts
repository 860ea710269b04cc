import type { PlannedRow, TaskRow } from './queries.ts';

/** One task as JSON. Only free text can hold something to escape. */
export function taskJson(task: TaskRow): string {
  const description = task.description === null ? 'null' : JSON.stringify(task.description);
  return (
    `{"id":"${task.id}","title":${JSON.stringify(task.title)},"description":${description}` +
    `,"completed":${task.completed},"createdAt":"${isoTime(task.created_at)}"` +
    `,"updatedAt":"${isoTime(task.updated_at)}","version":${task.version}}`
  );
}

const PRIORITIES = ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'];

/** A task with what belongs to it. */
export function plannedJson(task: PlannedRow): string {
  const dueDate = task.due_date === null ? 'null' : `"${task.due_date}"`;
  return (
    `${taskJson(task).slice(0, -1)},"priority":"${PRIORITIES[task.priority]}","dueDate":${dueDate}` +
    `,"tags":${task.tags},"list":${task.list},"subtaskCounts":{"total":${task.total},"completed":${task.done}}}`
  );
}

/** A page of tasks with a cursor each, the same data as the GraphQL connection; the total is for whoever asked. */
export function pageJson<Row extends TaskRow>(
  tasks: readonly Row[],
  hasNextPage: boolean,
  totalCount?: number,
  json: (task: Row) => string = taskJson,
): string {
  let endCursor = 'null';
  const edges = tasks.map((task) => {
    endCursor = `"${cursorOf(task)}"`;
    return `{"cursor":${endCursor},"node":${json(task)}}`;
  });
  const total = totalCount === undefined ? '' : `,"totalCount":${totalCount}`;
  return `{"edges":[${edges.join(',')}],"pageInfo":{"hasNextPage":${hasNextPage},"endCursor":${endCursor}}${total}}`;
}

function cursorOf(task: TaskRow): string {
  return Buffer.from(`${task.created_at}|${task.id}`).toString('base64url');
}

/** PostgreSQL's `2026-01-31 12:00:00.5+00` as ISO 8601 with milliseconds. */
function isoTime(text: string): string {
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0')}Z`;
}
