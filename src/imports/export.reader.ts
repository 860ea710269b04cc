import { z } from 'zod';
import { parseTimestamp } from '../core/timestamp.ts';
import { createTaskInput, taskId } from '../tasks/task.inputs.ts';

/** A task as an export holds it, checked as everywhere. */
export interface ExportedTask {
  id: string;
  title: string;
  description: string | null;
  completed: boolean;
  completedAt: Date | null;
  createdAt: Date;
  /** of the file, from 1 */
  line: number;
}

export interface ReadExport {
  tasks: ExportedTask[];
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

/** What the server keeps by itself, such as `version`, may be there and is not looked at. */
const taskLine = z
  .object({
    id: taskId,
    title: createTaskInput.shape.title,
    description: createTaskInput.shape.description,
    completed: z.boolean('must be true or false'),
    completed_at: moment.nullish(),
    created_at: moment,
  })
  .transform(({ completed_at, created_at, description, ...same }) => ({
    ...same,
    description: description ?? null,
    completedAt: completed_at ?? null,
    createdAt: created_at,
  }));

/** What an export tells beside tasks is left alone: the account has its own, and no user makes security events. */
const otherLine = z.object({ type: z.enum(['user', 'security_event', 'end'], 'must be of an export') });
const firstLine = z.object({ version: z.literal(VERSION, `must be ${VERSION}: a later version made this file`) });
const anyLine = z.object({ type: z.string('must be text') }, 'must be an object');

/** Reads the tasks of an export in order. A line that cannot be used is reported with its number. */
export async function readExport(
  lines: AsyncIterable<string>,
  report: (line: number, fault: string) => void,
): Promise<ReadExport> {
  const tasks: ExportedTask[] = [];
  const known = new Map<string, number>();
  const types = new Set<string>();
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    try {
      const content: unknown = JSON.parse(text);
      const { type } = anyLine.parse(content);
      types.add(type);
      if (type === 'task') tasks.push({ ...taskLine.parse(content), line });
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
  return { tasks, isCutOff: types.has('export') && !types.has('end') };
}

function faultOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return 'is no JSON';
  return error.issues.map(({ path, message }) => [...path, message].join(' ')).join('; ');
}
