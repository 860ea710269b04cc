import type { FieldFunctionOptions, Reference } from '@apollo/client/cache';
import type { TaskOrder } from '../generated/graphql.ts';

/** Sorts behind every position that the server gives: where a new task stands until the server has said. */
export const LAST_POSITION = '~';

/** The digits of positions made here, in the order of their code units. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Keeps lists in manual order sorted by what the cache has as `position`, so that a task that is moved here, or by another
 * device, is in its new place at once. Positions sort by their code units, as `<` compares text in JavaScript.
 */
export function byPosition<Edge extends { node: Reference }>(
  edges: readonly Edge[],
  { args, readField }: FieldFunctionOptions,
): readonly Edge[] {
  const [order] = (args?.orderBy ?? []) as readonly TaskOrder[];
  if (order?.field !== 'POSITION') return edges;
  const sign = order.direction === 'DESC' ? -1 : 1;
  const positions = new Map(edges.map((edge) => [edge, readField<string>('position', edge.node) ?? '']));
  return edges.toSorted((one, other) => sign * compare(positions.get(one) ?? '', positions.get(other) ?? ''));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/**
 * A text that sorts between two others, to show a move before the server has said what the position is. An absent
 * bound is the beginning or the end of the list.
 */
export function positionBetween(lower: string | undefined, upper: string | undefined): string {
  let result = '';
  for (let index = 0; ; index += 1) {
    const low = lower === undefined ? -1 : digitAt(lower, index);
    const high = upper === undefined || !upper.startsWith(result) ? DIGITS.length : digitAt(upper, index);
    const middle = Math.floor((low + high) / 2);
    if (high - low > 1 && middle > 0) return result + DIGITS[middle];
    result += DIGITS[Math.max(low, 0)];
    if (result.length > 200) return result;
  }
}

function digitAt(text: string, index: number): number {
  return index < text.length ? DIGITS.indexOf(text[index] ?? '') : -1;
}
