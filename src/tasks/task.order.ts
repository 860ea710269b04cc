import { TIMESTAMP_PATTERN } from '../core/timestamp.ts';
import { positionOf, RANK_PATTERN } from './task.position.ts';
import { type RelatedRows, TASK_PRIORITIES, type TaskRow } from './task.ts';

export const TASK_ORDER_FIELDS = [
  'createdAt',
  'updatedAt',
  'completedAt',
  'title',
  'completed',
  'priority',
  'due',
  'position',
  'relevance',
] as const;
export type TaskOrderField = (typeof TASK_ORDER_FIELDS)[number];
export type Direction = 'asc' | 'desc';
export type NullPlacement = 'first' | 'last';

export interface TaskOrder {
  field: TaskOrderField;
  direction: Direction;
  /** where tasks without a value stand, in either direction; last when absent */
  nulls?: NullPlacement | null | undefined;
}

/** A task with what it was sorted by, where the task itself does not tell it. */
export interface SortedTaskRow extends TaskRow, RelatedRows {
  dueSort?: string | null;
  relevance?: string;
  deletedAt?: string;
}

/** One key of a total order: how SQL names it, how a row and a cursor show it. */
interface SortKey {
  /** names the key inside cursors */
  name: string;
  /** a column, or an expression that an index has */
  column: string;
  /** cast of the bound value; a wrongly typed comparison would not use the index */
  type: string;
  pattern: RegExp;
  of(row: SortedTaskRow): string | null;
  /** Tasks may have no value. How an index that holds those finds them, and whether it has the key before its others. */
  nullable?: { readonly isNull: string; readonly isOrderedByKey: boolean };
  /** what to select beside the task, so that its row tells the key */
  selected?: string;
  /** by a function, of columns */
  isMade?: true;
}

const KEYS: Record<TaskOrderField | 'id', SortKey> = {
  createdAt: moment('created_at', (row) => row.createdAt),
  updatedAt: moment('updated_at', (row) => row.updatedAt),
  completedAt: {
    ...moment('completed_at', (row) => row.completedAt),
    nullable: { isNull: 'completed_at is null and completed = false', isOrderedByKey: false },
  },
  title: { ...named('title'), type: 'text', pattern: /^.{1,510}$/s, of: (row) => row.title },
  completed: { ...named('completed'), type: 'boolean', pattern: /^(true|false)$/, of: (row) => String(row.completed) },
  priority: {
    ...named('priority'),
    type: 'smallint',
    pattern: /^[0-4]$/,
    of: (row) => String(TASK_PRIORITIES.indexOf(row.priority)),
  },
  due: {
    ...named('due_sort'),
    type: 'timestamp',
    // The first and the last day of the calendar may be another one on the wall of a zone.
    pattern: /^\d{4,5}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,3})?( BC)?$/,
    of: (row) => row.dueSort ?? null,
    nullable: { isNull: 'due_sort is null', isOrderedByKey: true },
    selected: 'due_sort::text as "dueSort"',
  },
  position: {
    name: 'position',
    column: '(task_rank(rank, created_at, id) collate "C")',
    type: 'text',
    pattern: RANK_PATTERN,
    of: positionOf,
    isMade: true,
  },
  relevance: {
    ...named('relevance'),
    type: 'float4',
    pattern: /^\d+(\.\d+)?(e-?\d{1,2})?$/,
    of: (row) => row.relevance ?? null,
    selected: 'relevance::text as relevance',
  },
  id: {
    ...named('id'),
    type: 'uuid',
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    of: (row) => row.id,
  },
};

function named(column: string) {
  return { name: column, column };
}

function moment(column: string, of: SortKey['of']): SortKey {
  return { ...named(column), type: 'timestamptz', pattern: TIMESTAMP_PATTERN, of };
}

export interface DirectedKey extends SortKey {
  direction: Direction;
  nulls: NullPlacement;
}

/** A total order of a user's tasks: the id at the end makes every place in it unique. */
export interface TaskSort {
  /** names the order inside cursors, e.g. `completed,-created_at,-id` */
  signature: string;
  keys: readonly DirectedKey[];
}

const opposite = (direction: Direction): Direction => (direction === 'asc' ? 'desc' : 'asc');

/** How PostgreSQL's indexes hold what has no value: as larger than everything. */
const nativeNulls = (direction: Direction): NullPlacement => (direction === 'asc' ? 'last' : 'first');

/** Whether the order needs no word on where nothing stands. */
export function isNative({ nullable, nulls, direction }: DirectedKey): boolean {
  return nullable === undefined || nulls === nativeNulls(direction);
}

/** The key among rows that all have a value or all have none: any placement is right there. */
export function asNative(key: DirectedKey): DirectedKey {
  return { ...key, nulls: nativeNulls(key.direction) };
}

/**
 * What follows a key that stands alone, as people mean it and as an index holds it. Few tasks differ in `completed` or
 * priority: open tasks first means newest first within them, the most urgent first means soonest first within those.
 */
const FOLLOWERS: Partial<Record<TaskOrderField, (direction: Direction) => TaskOrder>> = {
  completed: (direction) => ({ field: 'createdAt', direction: opposite(direction) }),
  completedAt: (direction) => ({ field: 'createdAt', direction }),
  priority: (direction) => ({
    field: 'due',
    direction: opposite(direction),
    nulls: nativeNulls(opposite(direction)),
  }),
  due: (direction) => ({ field: 'priority', direction: opposite(direction) }),
};

/** Completes an order to a total one; the id follows the last key's direction. */
export function taskSort(orders: readonly TaskOrder[]): TaskSort {
  return orders.length === 0 ? NEWEST_FIRST : totalOrder(orders);
}

export const NEWEST_FIRST = totalOrder([{ field: 'createdAt', direction: 'desc' }]);

function totalOrder(orders: readonly TaskOrder[]): TaskSort {
  const [first, ...others] = orders;
  const follower = first && others.length === 0 ? FOLLOWERS[first.field]?.(first.direction) : undefined;
  const chosen = follower ? [...orders, follower] : orders;
  const keys: DirectedKey[] = chosen.map(({ field, direction, nulls }) => {
    return { ...KEYS[field], direction, nulls: nulls ?? 'last' };
  });
  keys.push({ ...KEYS.id, direction: keys.at(-1)?.direction ?? 'desc', nulls: 'last' });
  return { signature: keys.map(signatureOf).join(), keys };
}

function signatureOf(key: DirectedKey): string {
  const placement = key.nullable && key.nulls === 'first' ? '~' : '';
  return `${key.direction === 'desc' ? '-' : ''}${placement}${key.name}`;
}

/** Orders of several keys that an index holds, in one of both directions. */
const INDEXED = [
  ['completed', '-created_at', '-id'],
  ['due_sort', '-priority', '-id'],
  ['-priority', 'due_sort', 'id'],
];

/** Whether an index holds this very order, forwards or backwards; others are sorted for each page. */
export function isIndexed({ keys }: TaskSort): boolean {
  if (!keys.every(isNative) || keys[0]?.name === 'relevance' || keys[0]?.name === 'completed_at') return false;
  if (keys.length <= 2) return true;
  const names = (direction: Direction) =>
    keys.map((key) => (key.direction === direction ? key.name : `-${key.name}`)).join();
  return INDEXED.some((order) => [names('asc'), names('desc')].includes(order.join()));
}

export function reversed(sort: TaskSort): TaskSort {
  const keys = sort.keys.map((key): DirectedKey => {
    return { ...key, direction: opposite(key.direction), nulls: key.nulls === 'first' ? 'last' : 'first' };
  });
  return { ...sort, keys };
}
