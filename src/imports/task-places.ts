/** What a task is as far as its place goes. */
export interface PlacedTask {
  key: string;
  parentKey: string | null;
}

/** A task of a file or, without `task`, one that was left out: what belongs to it goes to the next one above. */
export interface TaskNode<Task extends PlacedTask> {
  key: string;
  line: number;
  parentKey: string | null;
  task: Task | undefined;
}

/** Levels of subtasks that a task can have, itself included. */
const MAXIMUM_DEPTH = 5;

interface Place<Task> {
  task: Task;
  depth: number;
  above: Place<Task> | undefined;
}

/**
 * Gives each task its parent among those that were taken, and orders them as they came but parents first. A file may
 * name parents that are not there, go in circles or nest without end: each is reported and made what can be.
 */
export function placeTasks<Task extends PlacedTask>(
  nodes: ReadonlyMap<string, TaskNode<Task>>,
  report: (line: number, message: string) => void,
): Task[] {
  const places = new Map<TaskNode<Task>, Place<Task> | undefined>();
  const tasks = new Set<Task>();

  function placeBelow({ line, task }: TaskNode<Task>, above: Place<Task> | undefined): Place<Task> | undefined {
    if (!task) return above;
    const parent = above && above.depth >= MAXIMUM_DEPTH ? above.above : above;
    if (parent !== above) report(line, `is more than ${MAXIMUM_DEPTH} levels deep: it is put a level higher`);
    task.parentKey = parent?.task.key ?? null;
    return { task, depth: (parent?.depth ?? 0) + 1, above: parent };
  }

  for (const start of nodes.values()) {
    const path = new Set<TaskNode<Task>>();
    let node: TaskNode<Task> | undefined = start;
    while (node && !places.has(node) && !path.has(node)) {
      path.add(node);
      node = parentOf(node, nodes, report);
    }
    if (node && path.has(node)) {
      report(node.line, 'belongs to itself: it is put at the top');
      node = undefined;
    }
    let above = node && places.get(node);
    for (const next of [...path].reverse()) {
      above = placeBelow(next, above);
      places.set(next, above);
    }
    for (const place of upwards(places.get(start)).reverse()) tasks.add(place.task);
  }
  return [...tasks];
}

function parentOf<Task extends PlacedTask>(
  { line, parentKey }: TaskNode<Task>,
  nodes: ReadonlyMap<string, TaskNode<Task>>,
  report: (line: number, message: string) => void,
): TaskNode<Task> | undefined {
  if (parentKey === null) return undefined;
  const parent = nodes.get(parentKey);
  if (!parent) report(line, 'belongs to a task that is not in the file: it is put at the top');
  return parent;
}

/** The place and those above it: at most as many as there are levels. */
function upwards<Task>(place: Place<Task> | undefined): Place<Task>[] {
  return place ? [place, ...upwards(place.above)] : [];
}
