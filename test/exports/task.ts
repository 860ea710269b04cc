import type { ExportedTaskLike } from '../../src/exports/exported-task.ts';

/** A task of which only this is told. */
export function exportedTask(fields: Partial<ExportedTaskLike> & { title: string }): ExportedTaskLike {
  return {
    key: fields.title,
    description: null,
    completed: false,
    completedAt: null,
    createdAt: null,
    priority: 'NONE',
    dueDate: null,
    dueAt: null,
    dueTimeZone: null,
    recurrence: null,
    recurrenceBasis: 'DUE',
    tags: [],
    list: null,
    parentKey: null,
    ...fields,
  };
}

export async function written(pieces: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const piece of pieces) all += piece;
  return all;
}
