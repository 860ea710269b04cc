import type { ExportedTaskLike, ExportedTasks } from './exported-task.ts';

export interface TaskPlace {
  task: ExportedTaskLike;
  /** levels above it */
  depth: number;
}

export interface TaskSection {
  list: string | null;
  places: TaskPlace[];
}

/**
 * Tasks as documents show them: by list, those without one first, and each above its subtasks. A subtask is where its
 * parent is, whatever its own list. Tasks that are left out make room for theirs. Holds all of them at once.
 */
export async function inDocumentOrder(
  tasks: ExportedTasks,
  isLeftOut: (task: ExportedTaskLike) => boolean = () => false,
): Promise<TaskSection[]> {
  const all = new Map<string, ExportedTaskLike>();
  for await (const task of tasks) all.set(task.key, task);
  const below = new Map<string, ExportedTaskLike[]>();
  const tops: ExportedTaskLike[] = [];
  for (const task of all.values()) {
    const { parentKey } = task;
    if (parentKey === null || !all.has(parentKey)) tops.push(task);
    else if (!below.get(parentKey)?.push(task)) below.set(parentKey, [task]);
  }

  const placed = new Set<string>();
  const sections = new Map<string | null, TaskPlace[]>([[null, []]]);
  // Those that are in a circle have no top, and are their own.
  for (const top of [...tops, ...all.values()]) {
    const places = sections.get(top.list) ?? [];
    sections.set(top.list, places);
    const waiting: TaskPlace[] = [{ task: top, depth: 0 }];
    for (let place = waiting.pop(); place; place = waiting.pop()) {
      const { task, depth } = place;
      if (placed.has(task.key)) continue;
      placed.add(task.key);
      if (!isLeftOut(task)) places.push(place);
      const deeper = isLeftOut(task) ? depth : depth + 1;
      for (const child of (below.get(task.key) ?? []).toReversed()) waiting.push({ task: child, depth: deeper });
    }
  }
  return [...sections].map(([list, places]) => ({ list, places })).filter(({ places }) => places.length > 0);
}
