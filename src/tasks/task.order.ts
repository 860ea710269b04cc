import { TIMESTAMP_PATTERN } from '../core/timestamp.ts';
import type { TaskRow } from './task.ts';

export const TASK_ORDER_FIELDS = ['createdAt', 'updatedAt', 'title', 'completed'] as const;
export type TaskOrderField = (typeof TASK_ORDER_FIELDS)[number];
export type Direction = 'asc' | 'desc';

export interface TaskOrder {
  field: TaskOrderField;
  direction: Direction;
}

/** One key of a total order: how SQL names it, how a row and a cursor show it. */
interface SortKey {
  column: string;
  /** cast of the bound value; a wrongly typed comparison would not use the index */
  type: string;
  pattern: RegExp;
  of(row: TaskRow): string;
}

const KEYS: Record<TaskOrderField | 'id', SortKey> = {
  createdAt: { column: 'created_at', type: 'timestamptz', pattern: TIMESTAMP_PATTERN, of: (row) => row.createdAt },
  updatedAt: { column: 'updated_at', type: 'timestamptz', pattern: TIMESTAMP_PATTERN, of: (row) => row.updatedAt },
  title: { column: 'title', type: 'text', pattern: /^.{1,510}$/s, of: (row) => row.title },
  completed: { column: 'completed', type: 'boolean', pattern: /^(true|false)$/, of: (row) => String(row.completed) },
  id: { column: 'id', type: 'uuid', pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, of: (row) => row.id },
};

export interface DirectedKey extends SortKey {
  direction: Direction;
}

/** A total order of a user's tasks: the id at the end makes every place in it unique. */
export interface TaskSort {
  /** names the order inside cursors, e.g. `completed,-created_at,-id` */
  signature: string;
  keys: readonly DirectedKey[];
}

const opposite = (direction: Direction): Direction => (direction === 'asc' ? 'desc' : 'asc');

/**
 * Completes an order to a total one. The id follows the last key's direction. `completed` alone has two values only,
 * so it is followed by the creation time in the opposite direction: open tasks first means newest first within them,
 * and that is how `tasks_completed_index` holds them.
 */
export function taskSort(orders: readonly TaskOrder[]): TaskSort {
  return orders.length === 0 ? NEWEST_FIRST : totalOrder(orders);
}

export const NEWEST_FIRST = totalOrder([{ field: 'createdAt', direction: 'desc' }]);

function totalOrder(orders: readonly TaskOrder[]): TaskSort {
  const chosen = [...orders];
  const [first] = chosen;
  if (first && chosen.length === 1 && first.field === 'completed') {
    chosen.push({ field: 'createdAt', direction: opposite(first.direction) });
  }
  const keys = chosen.map(({ field, direction }) => ({ ...KEYS[field], direction }));
  keys.push({ ...KEYS.id, direction: keys.at(-1)?.direction ?? 'desc' });
  return { signature: keys.map((key) => `${key.direction === 'desc' ? '-' : ''}${key.column}`).join(), keys };
}

/** Whether an index holds this very order, forwards or backwards; others are sorted for each page. */
export function isIndexed({ keys: [first, second, ...others] }: TaskSort): boolean {
  if (others.length === 0) return true;
  const isTwofold = first?.column === 'completed' && second?.column === 'created_at' && others.length === 1;
  return isTwofold && first.direction !== second.direction && others[0]?.direction === second.direction;
}

export function reversed(sort: TaskSort): TaskSort {
  return { ...sort, keys: sort.keys.map((key) => ({ ...key, direction: opposite(key.direction) })) };
}
