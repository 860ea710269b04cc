import type { z } from 'zod';
import { BadUserInputError } from '../core/errors.ts';
import type { AsOf } from './task.criteria.ts';
import { definedOf } from './task.fields.ts';
import { MAXIMUM_TAGS, type updateTaskInput } from './task.inputs.ts';
import type { Occurrence, TaskChanges } from './task.record.ts';
import { nextOccurrence } from './task.recurrence.ts';
import type { TaskRow } from './task.ts';

/** What an input means for the task as it is: pure, and applied again where somebody else was quicker. */

export type TaskUpdate = z.output<typeof updateTaskInput>;

export function revisionOf(task: TaskRow, update: TaskUpdate, asOf: AsOf): TaskChanges {
  const { completed, tagIds, addTags, removeTags, dueDate, dueAt, dueTimeZone, ...plain } = update;
  const changes: TaskChanges = { ...definedOf(plain), ...dueOf(task, update), ...tagsOf(task, update) };
  const planned = { ...task, ...changes };
  const isDue = planned.dueDate !== null || planned.dueAt !== null;
  if (update.recurrence != null && !isDue) throw fault('recurrence', 'needs dueDate or dueAt');
  // A task that is no longer due does not recur.
  const ended = planned.recurrence !== null && !isDue ? { recurrence: null } : {};
  const completion = completed === undefined ? {} : completionOf({ ...planned, ...ended }, completed, asOf);
  return { ...changes, ...ended, ...completion };
}

/** A date takes the place of a moment, and the other way round. */
function dueOf(task: TaskRow, { dueDate, dueAt, dueTimeZone }: TaskUpdate): TaskChanges {
  if (dueDate === undefined && dueAt === undefined && dueTimeZone === undefined) return {};
  const date = dueDate === undefined ? (dueAt == null ? task.dueDate : null) : dueDate;
  const moment = dueAt === undefined ? (dueDate == null ? task.dueAt : null) : dueAt;
  if (moment === null && dueTimeZone != null) throw fault('dueTimeZone', 'belongs to dueAt');
  const zone = dueTimeZone === undefined ? task.dueTimeZone : dueTimeZone;
  return { dueDate: date, dueAt: moment, dueTimeZone: moment === null ? null : zone };
}

/** Adding and taking away leaves alone what another device has added meanwhile. */
function tagsOf(task: TaskRow, { tagIds, addTags = [], removeTags = [] }: TaskUpdate): TaskChanges {
  const base = tagIds ?? task.tagIds;
  const wanted = [...new Set([...base.filter((id) => !removeTags.includes(id)), ...addTags])];
  if (wanted.length > MAXIMUM_TAGS) throw fault('addTags', `would make more than ${MAXIMUM_TAGS} tags`);
  const isSame = wanted.length === task.tagIds.length && wanted.every((id, index) => id === task.tagIds[index]);
  return isSame ? {} : { tagIds: wanted };
}

/** Completing a recurring task completes one occurrence and plans the next, until there is none. */
function completionOf(task: TaskRow, completed: boolean, { now, timeZone }: AsOf): TaskChanges {
  const { recurrence, dueDate, dueAt } = task;
  if (!completed || task.completed || recurrence === null) return { completed };
  const occurrence: Occurrence = { dueDate, dueAt };
  const next = nextOccurrence({
    rule: recurrence,
    due: dueDate === null ? { at: dueAt ?? '', timeZone: task.dueTimeZone } : { date: dueDate },
    basis: task.recurrenceBasis,
    completedAt: now,
    timeZone,
  });
  if (next === undefined) return { completed, occurrence };
  const due = 'date' in next.due ? { dueDate: next.due.date } : { dueAt: next.due.at };
  return { ...due, recurrence: next.rule, occurrence };
}

function fault(field: string, message: string): BadUserInputError {
  return new BadUserInputError([{ field, message }]);
}
