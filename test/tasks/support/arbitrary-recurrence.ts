import fc from 'fast-check';

const weekday = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU');

function signed(most: number): fc.Arbitrary<number> {
  return fc.integer({ min: -most, max: most }).filter((value) => value !== 0);
}

function list<Value>(member: fc.Arbitrary<Value>, maximum = 4): fc.Arbitrary<string | undefined> {
  const values = fc.uniqueArray(member, { minLength: 1, maxLength: maximum }).map(String);
  return fc.option(values, { nil: undefined, freq: 2 });
}

/** Rules of parts that may stand in some rule, though often not in this one. */
export const writtenRules = fc
  .record({
    FREQ: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    INTERVAL: fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 999 })),
    BYMONTH: list(fc.integer({ min: 1, max: 12 })),
    BYWEEKNO: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, list(signed(53))),
    BYYEARDAY: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, list(signed(366))),
    BYMONTHDAY: list(signed(31)),
    BYDAY: fc.oneof(
      list(weekday, 7),
      list(fc.tuple(signed(5), weekday).map((pair) => pair.join(''))),
      list(fc.tuple(signed(53), weekday).map((pair) => pair.join(''))),
    ),
    BYSETPOS: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, list(signed(5)), list(signed(31))),
    WKST: fc.option(weekday, { nil: undefined }),
  })
  .map((parts) =>
    Object.entries(parts)
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
      .join(';'),
  );
