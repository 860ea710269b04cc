import { z } from 'zod';
import { textSchema } from '../core/text.ts';
import { createTaskInput } from '../tasks/task.inputs.ts';
import { createFaults } from './import.faults.ts';
import type { ImportedTask, ImportReport, ReadingOptions } from './imported-task.ts';
import { placeTasks, type TaskNode } from './task-places.ts';

/** A task as a file tells of it. Without a key it is known by its title. */
export type TaskDraft = Partial<Omit<ImportedTask, 'line' | 'title'>> & {
  line: number;
  title: string;
  /** what no field has room for: goes to the end of the description, so that it is not lost */
  leftovers?: string[];
};

export interface ReportBuilder {
  /** Takes a task, or notes why there cannot be one like it. @returns the key to name it by as a parent, in either case */
  add(draft: TaskDraft): string;
  fault(line: number, message: string, leftOut?: boolean): void;
  /** Whether there are as many tasks as may be. The next line that has one is to say so, and is the last one. */
  isFull(line: number): boolean;
  finish(): ImportReport;
}

const MAXIMUM_TAGS = 50;
/** Of one task, repeated ones too: each takes time, and a body has room for some hundred thousand. */
const MOST_NAMES = 500;
const LONGEST_RULE = 500;
const RULE = /^[A-Z0-9-]+=[\w+,:-]+(?:;[A-Z0-9-]+=[\w+,:-]+)*$/i;
const name = textSchema({ minimum: 1, maximum: 100, trim: true });
const { title, description } = createTaskInput.shape;
const texts = z.object({ title, description });

/** Collects what the readers of all formats find. */
export function createReport(options: ReadingOptions): ReportBuilder {
  const nodes = new Map<string, TaskNode<ImportedTask>>();
  const counts = new Map<string, number>();
  const faults = createFaults();
  let taken = 0;

  function add(draft: TaskDraft): string {
    const { line } = draft;
    const rule = ruleOf(draft);
    const { data, error } = texts.safeParse({ title: draft.title, description: descriptionOf(draft, rule.leftover) });
    const key = draft.key ?? (data ? keyOf(data.title) : `line ${line}`);
    const before = nodes.get(key);
    if (before) faults.add(line, `has the UID of line ${before.line}`, true);
    else if (error) faults.add(line, faultOf(error), true);
    const isTaken = data !== undefined && !before;
    if (isTaken) taken += 1;
    const task = isTaken ? taskOf(draft, key, data.title, data.description || null, rule.recurrence) : undefined;
    if (!before) nodes.set(key, { key, line, parentKey: draft.parentKey ?? null, task });
    return key;
  }

  /** By title alone, as imports of plain lists have always known their tasks: moving one does not make it another. */
  function keyOf(text: string): string {
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return JSON.stringify([text, count]);
  }

  function ruleOf({ line, recurrence, dueDate, dueAt }: TaskDraft): { recurrence?: string; leftover?: string } {
    if (recurrence == null) return {};
    const fault =
      recurrence.length > LONGEST_RULE || !RULE.test(recurrence)
        ? 'is no recurrence rule'
        : dueDate == null && dueAt == null
          ? 'repeats from no date'
          : options.checkRule(recurrence);
    if (fault === undefined) return { recurrence };
    faults.add(line, `recurrence ${fault}: it is at the end of the description`);
    return { leftover: `RRULE: ${recurrence}` };
  }

  function namesOf(line: number, what: string, given: readonly string[]): string[] {
    const names = new Map<string, string>();
    for (const text of given.slice(0, MOST_NAMES)) {
      const { data, error } = name.safeParse(text);
      if (error) faults.add(line, `${what} ${faultOf(error)}`);
      else if (!names.has(data.toLowerCase())) names.set(data.toLowerCase(), data);
    }
    return [...names.values()];
  }

  function taskOf(draft: TaskDraft, key: string, cleanTitle: string, text: string | null, rule?: string): ImportedTask {
    const { line, completed = false, dueDate = null } = draft;
    const dueAt = dueDate === null ? (draft.dueAt ?? null) : null;
    const given = draft.tags ?? [];
    const tags = namesOf(line, 'tag', given);
    if (tags.length > MAXIMUM_TAGS || given.length > MOST_NAMES)
      faults.add(line, `has more than ${MAXIMUM_TAGS} tags: the others are left out`);
    const list = draft.list ?? options.list ?? null;
    return {
      key,
      line,
      title: cleanTitle,
      description: text,
      completed,
      completedAt: completed ? (draft.completedAt ?? null) : null,
      createdAt: draft.createdAt ?? null,
      priority: draft.priority ?? 'NONE',
      dueDate,
      dueAt,
      dueTimeZone: dueAt === null ? null : (draft.dueTimeZone ?? null),
      recurrence: rule ?? null,
      recurrenceBasis: rule === undefined ? 'DUE' : (draft.recurrenceBasis ?? 'DUE'),
      tags: tags.slice(0, MAXIMUM_TAGS),
      list: list === null ? null : (namesOf(line, 'list', [list])[0] ?? null),
      parentKey: null,
    };
  }

  return {
    add,
    fault: faults.add,
    isFull(line) {
      const { maximumTasks = Number.POSITIVE_INFINITY } = options;
      if (taken < maximumTasks) return false;
      faults.add(line, `there are more than ${maximumTasks} tasks: the rest of the file was not read`, true);
      return true;
    },
    finish: () => ({ tasks: placeTasks(nodes, faults.add), faults: faults.list() }),
  };
}

function descriptionOf({ description: text, leftovers = [] }: TaskDraft, leftover: string | undefined): string | null {
  const parts = [text ?? '', [...leftovers, ...(leftover === undefined ? [] : [leftover])].join('\n')];
  return parts[1] === '' ? (text ?? null) : parts.filter((part) => part !== '').join('\n\n');
}

function faultOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => [...path, message].join(' ')).join('; ');
}
