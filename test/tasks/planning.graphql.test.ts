import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { tasksOf } from './support/graphql-tasks.ts';

/** Priority, due dates and moments, and what a rule of recurrence needs. */

let app: TestApp;
let tasks: ReturnType<typeof tasksOf>;
let user: string;

beforeAll(async () => {
  app = await startTestApp();
  tasks = tasksOf(app);
});
afterAll(() => app.close());
beforeEach(() => {
  user = newUser();
});

const DAY = { dueDate: '2026-12-24', dueAt: null, dueTimeZone: null };
const MOMENT = { dueDate: null, dueAt: '2026-12-24T09:30:00.000Z', dueTimeZone: 'Europe/Berlin' };
const NOT_DUE = { dueDate: null, dueAt: null, dueTimeZone: null };
const atMoment = { dueAt: MOMENT.dueAt, dueTimeZone: MOMENT.dueTimeZone };

describe('a new task', () => {
  it('has no plan unless it is given one', async () => {
    expect(await tasks.create(user)).toMatchObject({
      ...NOT_DUE,
      ...{ priority: 'NONE', recurrence: null, recurrenceBasis: 'DUE', tagIds: [], listId: null, parentId: null },
    });
  });

  it.each([
    ['a day', { dueDate: '2026-12-24' }, DAY],
    ['the last day that there is', { dueDate: '9999-12-31' }, { ...NOT_DUE, dueDate: '9999-12-31' }],
    ['the first day that there is', { dueDate: '0001-01-01' }, { ...NOT_DUE, dueDate: '0001-01-01' }],
    ['a leap day', { dueDate: '2028-02-29' }, { ...NOT_DUE, dueDate: '2028-02-29' }],
    ['a moment in a zone', { dueAt: '2026-12-24T10:30:00+01:00', dueTimeZone: 'Europe/Berlin' }, MOMENT],
    ['a moment of no zone', { dueAt: MOMENT.dueAt }, { ...MOMENT, dueTimeZone: null }],
    ['a moment and no day', { ...atMoment, dueDate: null }, MOMENT],
    ['a day and no moment', { dueDate: DAY.dueDate, dueAt: null, dueTimeZone: null }, DAY],
    ['nothing', NOT_DUE, NOT_DUE],
  ])('is due on %s', async (_what, input, expected) => {
    const made = await tasks.create(user, input);
    expect(made).toMatchObject(expected);
    expect(await tasks.get(user, made.id)).toEqual(made);
  });

  it.each(['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'])('has the priority %s', async (priority) => {
    const made = await tasks.create(user, { priority });
    expect({ made: made.priority, kept: (await tasks.get(user, made.id)).priority }).toEqual({
      made: priority,
      kept: priority,
    });
  });

  it.each([
    ['a day and a moment', { dueDate: DAY.dueDate, dueAt: MOMENT.dueAt }, 'dueAt'],
    ['a zone of a day', { dueDate: DAY.dueDate, dueTimeZone: 'Europe/Berlin' }, 'dueTimeZone'],
    ['a zone of nothing', { dueTimeZone: 'Europe/Berlin' }, 'dueTimeZone'],
    ['an unknown zone', { dueAt: MOMENT.dueAt, dueTimeZone: 'Europe/Atlantis' }, 'dueTimeZone'],
    ['an offset for a zone', { dueAt: MOMENT.dueAt, dueTimeZone: '+02:00' }, 'dueTimeZone'],
    ['an empty zone', { dueAt: MOMENT.dueAt, dueTimeZone: '' }, 'dueTimeZone'],
    ['a path for a zone', { dueAt: MOMENT.dueAt, dueTimeZone: '../../etc/passwd' }, 'dueTimeZone'],
    ['a zone without an end', { dueAt: MOMENT.dueAt, dueTimeZone: 'A'.repeat(100_000) }, 'dueTimeZone'],
    ['a zone with NUL', { dueAt: MOMENT.dueAt, dueTimeZone: 'UTC\0' }, 'dueTimeZone'],
    ['a rule and no due date', { recurrence: 'FREQ=DAILY' }, 'recurrence'],
    ['a rule without a frequency', { dueDate: DAY.dueDate, recurrence: 'BYDAY=MO' }, 'recurrence'],
    ['an empty rule', { dueDate: DAY.dueDate, recurrence: '' }, 'recurrence'],
    ['a rule of seconds', { dueDate: DAY.dueDate, recurrence: 'FREQ=SECONDLY' }, 'recurrence'],
    ['a rule of hours', { dueDate: DAY.dueDate, recurrence: 'FREQ=DAILY;BYHOUR=9' }, 'recurrence'],
    [
      'a rule that never occurs',
      { dueDate: DAY.dueDate, recurrence: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' },
      'recurrence',
    ],
    ['a rule with another beneath', { dueDate: DAY.dueDate, recurrence: 'FREQ=DAILY\nEXDATE:20261224' }, 'recurrence'],
    [
      'a rule without an end',
      { dueDate: DAY.dueDate, recurrence: `FREQ=DAILY;BYDAY=${'MO,'.repeat(50_000)}MO` },
      'recurrence',
    ],
    ['a rule that is a program', { dueDate: DAY.dueDate, recurrence: '__proto__=1' }, 'recurrence'],
    ['a huge interval', { dueDate: DAY.dueDate, recurrence: 'FREQ=YEARLY;INTERVAL=99999999999' }, 'recurrence'],
    ['a huge count', { dueDate: DAY.dueDate, recurrence: 'FREQ=DAILY;COUNT=1e9' }, 'recurrence'],
    ['both ends of a rule', { dueDate: DAY.dueDate, recurrence: 'FREQ=DAILY;COUNT=1;UNTIL=20270101' }, 'recurrence'],
    ['a list that is no UUID', { listId: 'x' }, 'listId'],
    ['a parent that is no UUID', { parentId: "' or 1=1" }, 'parentId'],
    ['a tag that is no UUID', { tagIds: ['x'] }, 'tagIds.0'],
    ['too many tags', { tagIds: Array(51).fill('01890a5d-ac96-774b-bcce-b302099a8057') }, 'tagIds'],
  ])('is refused for %s, which is named', async (_what, input, field) => {
    expect(await tasks.createRefused(user, input)).toMatchObject({ code: 'BAD_USER_INPUT', fields: [field] });
  });

  const SCALARS: [string, Record<string, unknown>][] = [
    ...['2026-02-30', '2026-02-29', '0000-01-01', '10000-01-01', '2026-1-1', '2026-13-01', '2026-00-10', '20261224'],
    ...['2026-12-24T00:00:00Z', ' 2026-12-24', '+02026-12-24', '-0001-01-01', '', 20261224, true, {}, ['2026-12-24']],
  ].map((dueDate) => [`the day ${JSON.stringify(dueDate)}`, { dueDate }]);
  SCALARS.push(
    ...[
      '2026-12-24',
      '2026-12-24T09:30:00',
      '2026-02-30T09:30:00Z',
      '2026-12-24T25:00:00Z',
      '0000-01-01T00:00:00Z',
    ].map((dueAt): [string, Record<string, unknown>] => [`the moment ${dueAt}`, { dueAt }]),
    ...['0001-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00', '1e3', 1e12].map(
      (dueAt): [string, Record<string, unknown>] => [`the moment ${dueAt}`, { dueAt }],
    ),
    ['the priority "urgent"', { priority: 'urgent' }],
    ['the priority 4', { priority: 4 }],
    ['the basis "COMPLETED"', { recurrenceBasis: 'COMPLETED' }],
    ['a column of the database', { due_sort: '2026-12-24' }],
    ['a rank', { rank: 'a' }],
    ['a time of deletion', { deletedAt: '2026-12-24T09:30:00Z' }],
  );

  it.each(SCALARS)('is refused for %s before anything is done', async (_what, input) => {
    expect((await tasks.createRefused(user, input)).code).toBe('BAD_USER_INPUT');
    expect(await tasks.list(user)).toEqual([]);
  });
});

describe('a change of what is due', () => {
  it.each([
    ['a day takes the place of a moment and its zone', atMoment, { dueDate: '2026-12-24' }, DAY],
    ['a moment takes the place of a day', { dueDate: '2026-12-24' }, atMoment, MOMENT],
    [
      'another moment keeps the zone',
      atMoment,
      { dueAt: '2027-01-01T00:00:00Z' },
      { ...MOMENT, dueAt: '2027-01-01T00:00:00.000Z' },
    ],
    [
      'another zone keeps the moment',
      atMoment,
      { dueTimeZone: 'Asia/Tokyo' },
      { ...MOMENT, dueTimeZone: 'Asia/Tokyo' },
    ],
    ['a zone of null leaves the moment', atMoment, { dueTimeZone: null }, { ...MOMENT, dueTimeZone: null }],
    ['a day of null clears a day', { dueDate: '2026-12-24' }, { dueDate: null }, NOT_DUE],
    ['a moment of null clears a moment with its zone', atMoment, { dueAt: null }, NOT_DUE],
    ['a day of null leaves a moment', atMoment, { dueDate: null }, MOMENT],
    ['a moment of null leaves a day', { dueDate: '2026-12-24' }, { dueAt: null }, DAY],
    ['both of null clear everything', atMoment, { dueDate: null, dueAt: null }, NOT_DUE],
    ['a zone of null leaves a day', { dueDate: '2026-12-24' }, { dueTimeZone: null }, DAY],
    ['what is absent stays', atMoment, { title: 'New' }, MOMENT],
  ])('%s', async (_what, before, change, expected) => {
    const made = await tasks.create(user, before);
    const changed = await tasks.update(user, made.id, change);
    expect(changed).toMatchObject(expected);
    expect(await tasks.get(user, made.id)).toEqual(changed);
  });

  it.each([
    ['a day and a moment', { dueDate: '2026-12-24' }, { dueDate: '2026-12-25', dueAt: MOMENT.dueAt }, 'dueAt'],
    ['a zone of a day', { dueDate: '2026-12-24' }, { dueTimeZone: 'UTC' }, 'dueTimeZone'],
    ['a zone of nothing', {}, { dueTimeZone: 'UTC' }, 'dueTimeZone'],
    ['a zone with a day', atMoment, { dueDate: '2026-12-24', dueTimeZone: 'UTC' }, 'dueTimeZone'],
    ['a zone of a moment that goes', atMoment, { dueAt: null, dueTimeZone: 'UTC' }, 'dueTimeZone'],
    ['a rule of nothing due', {}, { recurrence: 'FREQ=DAILY' }, 'recurrence'],
    ['a rule of a day that goes', { dueDate: '2026-12-24' }, { dueDate: null, recurrence: 'FREQ=DAILY' }, 'recurrence'],
    ['a priority of null', {}, { priority: null }, 'priority'],
    ['a basis of null', {}, { recurrenceBasis: null }, 'recurrenceBasis'],
    ['tags of null', {}, { tagIds: null }, 'tagIds'],
  ])('is refused for %s, and nothing is changed', async (_what, before, change, field) => {
    const made = await tasks.create(user, before);
    expect(await tasks.updateRefused(user, made.id, { title: 'New', ...change })).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [field],
    });
    expect(await tasks.get(user, made.id)).toEqual(made);
  });

  it('writes nothing where it changes nothing', async () => {
    const made = await tasks.create(user, { ...atMoment, priority: 'HIGH', recurrence: 'FREQ=DAILY' });
    const same = {
      dueAt: '2026-12-24T10:30:00+01:00',
      priority: 'HIGH',
      recurrence: 'RRULE:freq=daily',
      title: 'Task',
    };
    expect(await tasks.update(user, made.id, same)).toEqual(made);
  });
});

describe('a rule of recurrence', () => {
  const weekly = { dueDate: '2026-12-24', recurrence: 'FREQ=WEEKLY;BYDAY=TH' };

  it('is kept in its canonical form', async () => {
    const { recurrence } = await tasks.create(user, {
      dueDate: '2026-12-24',
      recurrence: 'RRULE:BYDAY=TH,MO;FREQ=weekly',
    });
    expect(recurrence).toBe('FREQ=WEEKLY;BYDAY=MO,TH');
  });

  it.each([
    ['the day is cleared', weekly, { dueDate: null }],
    ['the moment is cleared', { ...atMoment, recurrence: 'FREQ=DAILY' }, { dueAt: null }],
    ['it is cleared', weekly, { recurrence: null }],
  ])('ends when %s', async (_what, before, change) => {
    const made = await tasks.create(user, before);
    const changed = await tasks.update(user, made.id, change);
    expect(changed.recurrence).toBeNull();
    expect((await tasks.complete(user, made.id)).completed).toBe(true);
  });

  it('stays when a moment takes the place of the day', async () => {
    const made = await tasks.create(user, weekly);
    expect(await tasks.update(user, made.id, atMoment)).toMatchObject({ ...MOMENT, recurrence: weekly.recurrence });
  });

  it('ends, with the task completed, when the due date is cleared by the change that completes it', async () => {
    const made = await tasks.create(user, weekly);
    expect(await tasks.update(user, made.id, { dueDate: null, completed: true })).toMatchObject({
      ...NOT_DUE,
      ...{ recurrence: null, completed: true },
    });
  });

  it('ends, with the task completed, when it is cleared by the change that completes it', async () => {
    const made = await tasks.create(user, weekly);
    expect(await tasks.update(user, made.id, { recurrence: null, completed: true })).toMatchObject({
      ...DAY,
      ...{ recurrence: null, completed: true },
    });
  });

  it('is named in errors of commands by its place', async () => {
    const made = await tasks.create(user);
    const command = { id: crypto.randomUUID(), update: { id: made.id, input: { recurrence: 'FREQ=DAILY' } } };
    const query =
      'mutation ($commands: [TaskCommandInput!]!) { applyCommands(commands: $commands) { results { status error { code fields { field } } } } }';
    const { data } = await app.graphql(user, query, { commands: [command] });
    expect(data.applyCommands.results).toEqual([
      { status: 'FAILED', error: { code: 'BAD_USER_INPUT', fields: [{ field: 'update.input.recurrence' }] } },
    ]);
  });
});

describe('names of zones', () => {
  it('are those of the IANA database, and not abbreviations that mean another place elsewhere', async () => {
    for (const dueTimeZone of ['BST', 'IST', 'MIT', 'ACT', 'SystemV/PST8']) {
      const refused = await tasks.createRefused(user, { dueAt: MOMENT.dueAt, dueTimeZone });
      expect({ dueTimeZone, ...refused }).toMatchObject({
        dueTimeZone,
        code: 'BAD_USER_INPUT',
        fields: ['dueTimeZone'],
      });
    }
  });

  it('may be old names too, and in whatever case', async () => {
    for (const dueTimeZone of [
      'Europe/Kiev',
      'Europe/Kyiv',
      'US/Pacific',
      'europe/berlin',
      'Etc/GMT+12',
      'EST5EDT',
      'UTC',
      'GB',
    ]) {
      expect((await tasks.create(user, { dueAt: MOMENT.dueAt, dueTimeZone })).dueTimeZone).toMatch(/\w/);
    }
  });
});
