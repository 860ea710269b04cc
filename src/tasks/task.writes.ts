import type { z } from 'zod';
import type { Actor } from '../core/actor.ts';
import { type AppError, ConflictError, NotFoundError } from '../core/errors.ts';
import type { createTaskInput } from './task.inputs.ts';
import { type TaskStanding, taskRefusal } from './task.policy.ts';
import type { NewTask, TaskChanges, TaskStore } from './task.store.ts';
import type { TaskRow } from './task.ts';

/** The writes of tasks by their rules, in whatever store they are given: that of a transaction under way as well. */

/** Creates a task whose id was chosen before: one for which `isRetry` holds is answered, not made twice. */
export async function createUnder(
  store: TaskStore,
  { userId }: Actor,
  task: NewTask,
  isRetry: (existing: TaskRow, task: NewTask) => boolean = isSame,
): Promise<TaskRow> {
  try {
    return await store.insert(userId, task);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const [existing] = await store.byIds(userId, [task.id]);
    if (existing && isRetry(existing, task)) return existing;
    throw new ConflictError('This id is already in use, and not for this task', existing?.version);
  }
}

export async function changeTask(
  store: TaskStore,
  actor: Actor,
  id: string,
  changes: TaskChanges,
  versions: readonly number[] | undefined,
): Promise<TaskRow> {
  const task = await store.change(actor.userId, id, changes, versions);
  if (!task) throw await refusal(store, actor, id);
  return task;
}

export async function toggleTask(store: TaskStore, actor: Actor, id: string): Promise<TaskRow> {
  const task = await store.toggle(actor.userId, id);
  if (!task) throw await refusal(store, actor, id);
  return task;
}

/** The error for an own task that was looked for and not found. */
async function refusal(store: TaskStore, actor: Actor, id: string): Promise<AppError> {
  return refusalOf((await standingsOf(store, actor, [id])).get(id));
}

/** What is known of tasks that are not the actor's own. */
export async function standingsOf(
  store: TaskStore,
  { userId }: Actor,
  ids: readonly string[],
): Promise<Map<string, TaskStanding>> {
  const others = await store.idsOfOthers(userId, ids);
  return new Map(others.map((id) => [id, 'foreign']));
}

export function refusalOf(standing: TaskStanding = 'absent'): AppError {
  return taskRefusal(standing) ?? new NotFoundError('There is no such task');
}

/** A new task as the store takes it, but for its id. */
export function draftOf({
  title,
  description,
  completed,
}: Omit<z.output<typeof createTaskInput>, 'id'>): Omit<NewTask, 'id'> {
  return { title, description: description ?? null, completed: completed ?? false };
}

/** GraphQL inputs materialise absent fields as undefined, which MikroORM would take for a change. */
export function changesOf(changes: { [Key in keyof TaskChanges]?: TaskChanges[Key] | undefined }): TaskChanges {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function isSame(existing: TaskRow, task: NewTask): boolean {
  return (
    existing.title === task.title && existing.description === task.description && existing.completed === task.completed
  );
}
