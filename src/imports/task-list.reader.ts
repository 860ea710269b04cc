import { createTaskInput } from '../tasks/task.inputs.ts';
import { createTaskListParser } from './task-list.parser.ts';

/** A task of the list, its title cleaned and checked as everywhere. */
export interface ListedTask {
  title: string;
  completed: boolean;
}

/** Reads all tasks of a Markdown list in order. A line that cannot be used is reported with its number and left out. */
export async function readTaskList(
  lines: AsyncIterable<string>,
  report: (line: number, fault: string) => void,
): Promise<ListedTask[]> {
  const parser = createTaskListParser();
  const tasks: ListedTask[] = [];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const item = parser.read(line);
    if (!item) continue;
    const task = 'fault' in item ? item.fault : checked(item);
    if (typeof task === 'string') report(number, task);
    else tasks.push(task);
  }
  const hidden = parser.unendedBlock();
  if (hidden !== undefined) report(hidden, 'begins a block that nothing ends: the rest of the file was not read');
  return tasks;
}

/** The task, or why there cannot be one like this. */
function checked(item: ListedTask): ListedTask | string {
  const { data, error } = createTaskInput.safeParse(item);
  if (data) return { title: data.title, completed: item.completed };
  return error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
}
