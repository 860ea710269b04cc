import type { FieldFunctionOptions, Reference } from '@apollo/client/cache';
import type { TaskOrder } from '../generated/graphql.ts';

/** Sorts behind every position that the server gives: where a new task stands until the server has said. */
export const LAST_POSITION = '~';

/** The digits of positions made here are the visible ASCII characters, whatever those of the server's are. */
const FIRST_DIGIT = '!'.charCodeAt(0);
const DIGITS = LAST_POSITION.charCodeAt(0) - FIRST_DIGIT + 1;
/** Longer ones are made of bounds that are in no order. */
const LONGEST = 400;

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
  while (result.length < LONGEST) {
    const low = digitAt(lower, result.length);
    const high = upper?.startsWith(result) ? digitAt(upper, result.length) : DIGITS;
    const middle = Math.floor((low + high) / 2);
    // One that ended in the first digit would leave no room before it.
    if (high - low > 1 && middle > 0) return result + String.fromCharCode(FIRST_DIGIT + middle);
    result += String.fromCharCode(FIRST_DIGIT + Math.max(low, 0));
  }
  return result;
}

/** Whatever ends sorts before whatever goes on. */
function digitAt(text: string | undefined, index: number): number {
  return text === undefined || index >= text.length ? -1 : text.charCodeAt(index) - FIRST_DIGIT;
}
