import type { ExportedTask } from './export.reader.ts';
import type { LabelIds } from './import.labels.ts';
import { placeTasks, type TaskNode } from './task-places.ts';

type Report = (line: number, message: string) => void;

/** Parents that the file does not hold. */
export function parentsOutside(tasks: readonly ExportedTask[]): string[] {
  const ids = new Set(tasks.map(({ id }) => id));
  const parents = tasks.flatMap(({ parentId }) => parentId ?? []);
  return [...new Set(parents.filter((id) => !ids.has(id)))];
}

/**
 * The tasks of an export, parents first. An export is read while its user goes on, and may be brought back in parts: what
 * belongs to a task that is neither in the file nor among the user's own stands by itself.
 */
export function placeExported(
  tasks: readonly ExportedTask[],
  ownParents: ReadonlySet<string>,
  report: Report,
): ExportedTask[] {
  const nodes = new Map<string, TaskNode<{ key: string; parentKey: string | null; task: ExportedTask }>>();
  for (const task of tasks) {
    const { id: key, line } = task;
    const isOwn = task.parentId !== null && ownParents.has(task.parentId);
    const parentKey = isOwn ? null : task.parentId;
    nodes.set(key, { key, line, parentKey, task: { key, parentKey, task } });
  }
  return placeTasks(nodes, report).map(({ parentKey, task }) => {
    const isOwn = task.parentId !== null && ownParents.has(task.parentId);
    return { ...task, parentId: isOwn ? task.parentId : parentKey };
  });
}

/** Tags and lists that neither the file nor the user has. */
export function reportUnknownLabels(
  tasks: readonly ExportedTask[],
  tags: ReadonlySet<string>,
  lists: ReadonlySet<string>,
  report: Report,
): void {
  for (const { line, tagIds, listId } of tasks) {
    const unknown = tagIds.filter((id) => !tags.has(id)).length;
    if (unknown > 0) report(line, `has ${unknown === 1 ? 'a tag' : `${unknown} tags`} not in the file: left out`);
    if (listId !== null && !lists.has(listId)) report(line, 'is in a list that is not in the file: it is put in none');
  }
}

/** With the user's own tags and list. */
export function labelled(task: ExportedTask, tags: LabelIds, lists: LabelIds) {
  const { line, ...same } = task;
  const tagIds = [...new Set(task.tagIds.flatMap((id) => tags.get(id) ?? []))];
  return { ...same, tagIds, listId: (task.listId !== null && lists.get(task.listId)) || null };
}
