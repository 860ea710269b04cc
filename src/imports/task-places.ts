import type { ImportedTask } from './imported-task.ts';

/** A task of a file or, without `task`, one that was left out: what belongs to it goes to the next one above. */
export interface ImportedNode {
  key: string;
  line: number;
  parentKey: string | null;
  task: ImportedTask | undefined;
}

/** Levels of subtasks that a task can have, itself included. */
const MAXIMUM_DEPTH = 5;

interface Place {
  task: ImportedTask;
  depth: number;
  above: Place | undefined;
}

/**
 * Gives each task its parent among those that were taken, and orders them as they came but parents first. A file may
 * name parents that are not there, go in circles or nest without end: each is reported and made what can be.
 */
export function placeTasks(
  nodes: ReadonlyMap<string, ImportedNode>,
  report: (line: number, message: string) => void,
): ImportedTask[] {
  const places = new Map<ImportedNode, Place | undefined>();
  const tasks = new Set<ImportedTask>();

  function placeBelow({ line, task }: ImportedNode, above: Place | undefined): Place | undefined {
    if (!task) return above;
    const parent = above && above.depth >= MAXIMUM_DEPTH ? above.above : above;
    if (parent !== above) report(line, `is more than ${MAXIMUM_DEPTH} levels deep: it is put a level higher`);
    task.parentKey = parent?.task.key ?? null;
    return { task, depth: (parent?.depth ?? 0) + 1, above: parent };
  }

  for (const start of nodes.values()) {
    const path = new Set<ImportedNode>();
    let node: ImportedNode | undefined = start;
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

function parentOf(
  { line, parentKey }: ImportedNode,
  nodes: ReadonlyMap<string, ImportedNode>,
  report: (line: number, message: string) => void,
): ImportedNode | undefined {
  if (parentKey === null) return undefined;
  const parent = nodes.get(parentKey);
  if (!parent) report(line, 'belongs to a task that is not in the file: it is put at the top');
  return parent;
}

/** The place and those above it: at most as many as there are levels. */
function upwards(place: Place | undefined): Place[] {
  return place ? [place, ...upwards(place.above)] : [];
}
