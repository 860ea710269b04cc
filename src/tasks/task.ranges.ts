import type { Parameters } from '../db/parameters.ts';
import { asNative, type DirectedKey, isNative, type TaskSort } from './task.order.ts';

/** SQL of places in an order. */

/** A piece of a list without a gap, and the keys that its rows are to be ordered by. */
export interface Range {
  condition: string;
  keys: readonly DirectedKey[];
}

/** Where a row stands: its keys as text, null where it has no value. */
export type Place = readonly (string | null)[];

/** The whole list, as ranges that follow each other: tasks without a value apart, where no index has them in their place. */
export function wholeRange({ keys }: TaskSort): Range[] {
  const [first, ...others] = keys;
  if (first?.nullable === undefined || (isNative(first) && first.nullable.isOrderedByKey)) {
    return [{ condition: 'true', keys }];
  }
  const filled = { condition: `${first.column} is not null`, keys: [asNative(first), ...others] };
  const empty = { condition: first.nullable.isNull, keys: [...keptWithout(first), ...others] };
  return first.nulls === 'last' ? [filled, empty] : [empty, filled];
}

/**
 * The rows strictly after (or before) a place, as ranges that follow each other in the order. Keys of one direction make
 * one range, a row comparison that an index scan starts at; each change of direction adds a range, and so does a key that
 * may have no value. The usual OR of equalities reads the whole prefix instead: 100 times slower at depth.
 */
export function rangesFrom(
  { keys }: TaskSort,
  place: Place,
  side: 'after' | 'before',
  parameters: Parameters,
): Range[] {
  const bound = keys.map((key, index) =>
    place[index] == null ? undefined : `${parameters.add(place[index])}::${key.type}`,
  );
  const ranges = groupsOf(keys).map(({ start, end }): Range[] => {
    const before = keys.slice(0, start);
    const equal = before.map((key, index) => (bound[index] ? `${key.column} = ${bound[index]}` : isNull(key)));
    const known = before.flatMap((key, index) => (bound[index] ? [asNative(key)] : keptWithout(key)));
    return furtherThan(keys.slice(start, end), bound.slice(start, end), side).map((further) => ({
      condition: [...equal, further.condition].join(' and '),
      keys: [...known, ...further.keys, ...keys.slice(end)],
    }));
  });
  // The last group differs least from the place itself, so its range comes first.
  return ranges.reverse().flat();
}

/** What comes after values of keys of one direction, or after that of one that may have none. */
function furtherThan(keys: readonly DirectedKey[], bound: (string | undefined)[], side: 'after' | 'before'): Range[] {
  const [first] = keys;
  if (!first) return [];
  const operator = (first.direction === 'asc') === (side === 'after') ? '>' : '<';
  const columns = keys.map((key) => key.column).join(', ');
  const compared = { condition: `(${columns}) ${operator} (${bound.join(', ')})`, keys: keys.map(asNative) };
  if (first.nullable === undefined) return [compared];
  const isEmptyFurther = (first.nulls === 'last') === (side === 'after');
  if (bound[0] === undefined) {
    return isEmptyFurther ? [] : [{ condition: `${first.column} is not null`, keys: [asNative(first)] }];
  }
  return isEmptyFurther ? [compared, { condition: isNull(first), keys: keptWithout(first) }] : [compared];
}

function isNull({ nullable, column }: DirectedKey): string {
  return nullable?.isNull ?? `${column} is null`;
}

/** The key of rows that have no value: named only if the index that holds them has it, lest they seem out of order. */
function keptWithout(key: DirectedKey): DirectedKey[] {
  return key.nullable?.isOrderedByKey ? [asNative(key)] : [];
}

/** Keys of one direction together; each that may have no value by itself, as no row comparison finds what is not there. */
function groupsOf(keys: readonly DirectedKey[]): { start: number; end: number }[] {
  const groups: { start: number; end: number }[] = [];
  keys.forEach(({ direction, nullable }, index) => {
    const last = groups.at(-1);
    const before = keys[index - 1];
    if (last && !nullable && !before?.nullable && before?.direction === direction) last.end = index + 1;
    else groups.push({ start: index, end: index + 1 });
  });
  return groups;
}

/** `table` where columns that are selected have the names of others: by itself a name means what is selected. */
export function orderClause(keys: readonly DirectedKey[], table?: string): string {
  const place = ({ column }: DirectedKey) =>
    table !== undefined && /^\w+$/.test(column) ? `${table}.${column}` : column;
  return keys.map((key) => `${place(key)} ${key.direction}${isNative(key) ? '' : ` nulls ${key.nulls}`}`).join(', ');
}
