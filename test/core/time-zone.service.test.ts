import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalTimeZone, wallClock } from '../../src/core/time-zone.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';

/** Zones that are accepted are put into SQL as they are: PostgreSQL must mean the same by them. */

let database: OpenTestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const SUMMER = '2026-07-01T12:00:00.000Z';
const WINTER = '2026-01-01T12:00:00.000Z';

/** Every short text that could be a name of ICU's own, beside the names that either knows. */
function candidates(known: readonly string[]): string[] {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const short = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
  const systemV = ['AST4', 'AST4ADT', 'CST6', 'EST5', 'HST10', 'PST8', 'PST8PDT', 'YST9'].map(
    (name) => `SystemV/${name}`,
  );
  return [...new Set([...known, ...Intl.supportedValuesOf('timeZone'), ...short, ...systemV, 'US/Pacific-New'])];
}

describe('every time zone that is accepted', () => {
  it('shows the same on the wall in PostgreSQL, in summer and in winter', async () => {
    const known = await database.owner<{ name: string }>('select name from pg_timezone_names');
    const names = candidates(known.map(({ name }) => name)).filter((name) => canonicalTimeZone(name) !== undefined);
    expect(names.length).toBeGreaterThan(400);
    const different: string[] = [];
    for (const name of names) {
      try {
        const [row] = await database.owner<{ summer: string; winter: string }>(
          `select ($2::timestamptz at time zone $1)::text as summer, ($3::timestamptz at time zone $1)::text as winter`,
          [name, SUMMER, WINTER],
        );
        const here = [SUMMER, WINTER].map((at) => wallClock(at, name).slice(0, 19).replace('T', ' '));
        if (row?.summer !== here[0] || row?.winter !== here[1]) different.push(name);
      } catch {
        different.push(`${name}, which is not known`);
      }
    }
    expect(different).toEqual([]);
  });
});
