import type { z } from 'zod';
import type { Actor } from '../core/actor.ts';
import { type AppError, BadUserInputError, ConflictError, NotFoundError } from '../core/errors.ts';
import type { Move } from './move.store.ts';
import type { AsOf } from './task.criteria.ts';
import { definedOf } from './task.fields.ts';
import type { createTaskInput, moveInput } from './task.inputs.ts';
import { type TaskStanding, taskRefusal } from './task.policy.ts';
import type { WrittenTask } from './task.record.ts';
import { type NewTask, UNPLANNED } from './task.record.ts';
import { revisionOf, type TaskUpdate } from './task.revision.ts';
import type { Revise, TaskStore } from './task.store.ts';
import type { TaskRow } from './task.ts';

/** The writes of tasks by their rules, in whatever store they are given: that of a transaction under way as well. */

/** Creates a task whose id was chosen before: one for which `isRetry` holds is answered, not made twice. */
export async function createUnder(
  store: TaskStore,
  { userId }: Actor,
  task: NewTask,
  isRetry: (existing: TaskRow, task: NewTask) => boolean = isSame,
): Promise<WrittenTask> {
  try {
    return await store.insert(userId, task);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const [existing] = await store.byIds(userId, [task.id]);
    if (existing && isRetry(existing, task)) return { ...existing, isUnchanged: true };
    throw new ConflictError('This id is already in use, and not for this task', existing?.version);
  }
}

export async function changeTask(
  store: TaskStore,
  actor: Actor,
  id: string,
  revise: Revise,
  versions: readonly number[] | undefined,
): Promise<WrittenTask> {
  const task = await store.change(actor.userId, id, revise, versions);
  if (!task) throw await refusal(store, actor, id);
  return task;
}

/** What an update does with whatever the task is when it is its turn. */
export function updateOf(update: TaskUpdate, asOf: AsOf): Revise {
  return (task) => revisionOf(task, update, asOf);
}

/** A recurring task has an occurrence completed, which takes more than one step. */
export async function toggleTask(store: TaskStore, actor: Actor, id: string, asOf: AsOf): Promise<WrittenTask> {
  const toggled = await store.toggle(actor.userId, id);
  if (toggled) return toggled;
  return changeTask(store, actor, id, (task) => revisionOf(task, { completed: !task.completed }, asOf), undefined);
}

/** Directly after one is between both, whatever a client does not see there. */
export function moveOf(id: string, { before, after }: z.output<typeof moveInput>): Move {
  return after != null ? { id, anchorId: after, side: 'after' } : { id, anchorId: before ?? '', side: 'before' };
}

export async function moveTask(store: TaskStore, actor: Actor, move: Move): Promise<WrittenTask> {
  const moved = await store.move(actor.userId, move);
  if (typeof moved === 'object') return moved;
  if (moved === 'task') throw await refusal(store, actor, move.id);
  throw new BadUserInputError([
    { field: move.side, message: move.anchorId === move.id ? 'is the task itself' : 'there is no such task' },
  ]);
}

/** The error for an own task that was looked for and not found. */
export async function refusal(store: TaskStore, actor: Actor, id: string): Promise<AppError> {
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
  ...plan
}: Omit<z.output<typeof createTaskInput>, 'id'>): Omit<NewTask, 'id'> {
  return { title, description: description ?? null, completed: completed ?? false, ...definedOf(plan) };
}

const PLAN = Object.keys(UNPLANNED) as (keyof typeof UNPLANNED)[];

function isSame(existing: TaskRow, task: NewTask): boolean {
  const asked = { ...UNPLANNED, ...task };
  return (
    existing.title === task.title &&
    existing.description === task.description &&
    existing.completed === task.completed &&
    PLAN.every((field) => field === 'rank' || isEqual(existing[field], asked[field]))
  );
}

function isEqual(one: unknown, other: unknown): boolean {
  return Array.isArray(one) && Array.isArray(other) ? one.join() === other.join() : one === other;
}
