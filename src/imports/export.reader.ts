import { z } from 'zod';
import { uuid } from '../core/input.schemas.ts';
import { parseTimestamp } from '../core/timestamp.ts';
import { createLabelInput } from '../labels/label.inputs.ts';
import { createTaskInput, position, taskId } from '../tasks/task.inputs.ts';
import { rankAt } from '../tasks/task.resource.ts';
import type { NewTask } from '../tasks/task.service.ts';
import type { NamedLabel } from './import.labels.ts';
import { createRules, type ImportRules } from './import.rules.ts';

/** A task as an export holds it, checked as everywhere. */
export interface ExportedTask extends Required<NewTask> {
  /** of the file, from 1 */
  line: number;
}

/** A tag or a list of an export. */
export type ExportedLabel = Required<NamedLabel>;

export interface ReadExport {
  tasks: ExportedTask[];
  tags: ExportedLabel[];
  lists: ExportedLabel[];
  /** it has the first line of an export and not the last one */
  isCutOff: boolean;
}

const VERSION = 1;

const moment = z.string('must be a time').transform((text, context) => {
  const timestamp = parseTimestamp(text);
  if (timestamp !== undefined) return new Date(timestamp);
  context.addIssue('must be a time like 2026-01-23T09:30:00.000Z');
  return z.NEVER;
});

const { title, description, priority, dueDate, dueAt, dueTimeZone, recurrenceBasis, tagIds, listId, parentId } =
  createTaskInput.shape;

/** What the server keeps by itself, such as `version`, may be there and is not looked at. Exports of before have less. */
const taskLine = z
  .object({
    id: taskId,
    title,
    description,
    completed: z.boolean('must be true or false'),
    completed_at: moment.nullish(),
    created_at: moment,
    priority,
    due_date: dueDate,
    due_at: dueAt,
    due_time_zone: dueTimeZone,
    recurrence: z.string('must be text').nullish(),
    recurrence_basis: recurrenceBasis,
    tag_ids: tagIds,
    list_id: listId,
    parent_id: parentId,
    position: position.optional(),
  })
  .refine((task) => task.due_date == null || task.due_at == null, 'due_at must not be given together with due_date')
  .refine((task) => task.due_time_zone == null || task.due_at != null, 'due_time_zone belongs to due_at')
  .refine(
    (task) => task.recurrence == null || task.due_date != null || task.due_at != null,
    'recurrence needs due_date or due_at',
  )
  .transform(
    (task): Omit<ExportedTask, 'line'> => ({
      id: task.id,
      title: task.title,
      description: task.description ?? null,
      completed: task.completed,
      completedAt: task.completed_at ?? null,
      createdAt: task.created_at,
      priority: task.priority ?? 'NONE',
      dueDate: task.due_date ?? null,
      dueAt: task.due_at ?? null,
      dueTimeZone: task.due_time_zone ?? null,
      recurrence: task.recurrence ?? null,
      recurrenceBasis: task.recurrence_basis ?? 'DUE',
      tagIds: task.tag_ids ?? [],
      listId: task.list_id ?? null,
      parentId: task.parent_id ?? null,
      rank:
        task.position === undefined
          ? null
          : rankAt(task.position, { createdAt: task.created_at.toISOString(), id: task.id }),
    }),
  );

const labelLine = z
  .object({ id: uuid, name: createLabelInput.shape.name, color: createLabelInput.shape.color })
  .transform(({ color, ...label }): ExportedLabel => ({ ...label, color: color ?? null }));

/** What an export tells beside these is left alone: the account has its own, and no user makes security events. */
const otherLine = z.object({ type: z.enum(['user', 'security_event', 'end'], 'must be of an export') });
const firstLine = z.object({ version: z.literal(VERSION, `must be ${VERSION}: a later version made this file`) });
const anyLine = z.object({ type: z.string('must be text') }, 'must be an object');

class UnusableRule extends Error {}

/** Reads the tasks of an export in order, with tags and lists. A line that cannot be used is reported with its number. */
export async function readExport(
  lines: AsyncIterable<string>,
  report: (line: number, fault: string) => void,
): Promise<ReadExport> {
  const tasks: ExportedTask[] = [];
  const labels: Record<'tag' | 'list', ExportedLabel[]> = { tag: [], list: [] };
  const known = new Map<string, number>();
  const types = new Set<string>();
  const rules = createRules();
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    try {
      const content: unknown = JSON.parse(text);
      const { type } = anyLine.parse(content);
      types.add(type);
      if (type === 'task') tasks.push({ ...withRule(taskLine.parse(content), rules), line });
      else if (type === 'tag' || type === 'list') labels[type].push(labelLine.parse(content));
      else (type === 'export' ? firstLine : otherLine).parse(content);
    } catch (error) {
      report(line, faultOf(error));
    }
  }
  for (const task of tasks) {
    const before = known.get(task.id);
    if (before !== undefined) report(task.line, `has the id of line ${before}`);
    else known.set(task.id, task.line);
  }
  const isCutOff = types.has('export') && !types.has('end');
  return { tasks, tags: labels.tag, lists: labels.list, isCutOff };
}

function withRule<Task extends { recurrence: string | null }>(task: Task, rules: ImportRules): Task {
  if (task.recurrence === null) return task;
  const read = rules.read(task.recurrence);
  if ('fault' in read) throw new UnusableRule(`recurrence ${read.fault}`);
  return { ...task, recurrence: read.rule };
}

function faultOf(error: unknown): string {
  if (error instanceof UnusableRule) return error.message;
  if (!(error instanceof z.ZodError)) return 'is no JSON';
  return error.issues.map(({ path, message }) => [...path, message].join(' ')).join('; ');
}
