import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LAST_POSITION, positionBetween } from '../../examples/web/src/apollo/manual-order.ts';
import { placeAt } from '../../examples/web/src/tasks/place-at.ts';
import { sampleTask } from './sample-task.ts';

/** As the server gives them: digits and letters, and the last one is not the first digit. */
const position = fc.stringMatching(/^[0-9A-Za-z]{0,12}[1-9A-Za-z]$/);

describe('a position between two others', () => {
  it('sorts between them, however close they are', () => {
    fc.assert(
      fc.property(position, position, (one, other) => {
        fc.pre(one !== other);
        const [lower = '', upper = ''] = [one, other].sort();
        const between = positionBetween(lower, upper);
        expect(lower < between && between < upper).toBe(true);
      }),
    );
  });

  it('sorts before the first and behind the last, also behind one that the server has not placed yet', () => {
    fc.assert(fc.property(position, (first) => positionBetween(undefined, first) < first));
    fc.assert(fc.property(position, (last) => positionBetween(last, undefined) > last));
    expect(positionBetween(LAST_POSITION, undefined) > LAST_POSITION).toBe(true);
  });

  it('leaves room for another one, again and again', () => {
    let upper = positionBetween('m1', undefined);
    for (let time = 0; time < 50; time += 1) {
      const between = positionBetween('m1', upper);
      expect('m1' < between && between < upper).toBe(true);
      upper = between;
    }
  });
});

describe('a place of a list that is shown from its end', () => {
  const tasks = ['top', 'middle', 'bottom'].map((id) => sampleTask({ id }));

  it('is behind what stands below it', () => {
    expect(placeAt(tasks, 'bottom', 0)).toEqual({ id: 'bottom', after: 'top' });
    expect(placeAt(tasks, 'top', 1)).toEqual({ id: 'top', after: 'bottom' });
  });

  it('is before what stands above it, at the bottom', () => {
    expect(placeAt(tasks, 'top', 2)).toEqual({ id: 'top', before: 'bottom' });
  });

  it('is none where nothing would move', () => {
    expect(placeAt(tasks, 'top', 0)).toBeUndefined();
    expect(placeAt(tasks, 'top', -1)).toBeUndefined();
    expect(placeAt(tasks, 'other', 1)).toBeUndefined();
  });
});
