import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Actor } from '../../src/core/actor.ts';
import { addDays, localDate, startOfDay } from '../../src/core/time-zone.ts';
import { DUE_WINDOWS, type DueWindow } from '../../src/tasks/task.due.ts';
import { type StoredTask, storeTasks } from '../support/factories.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';

/** What is due today depends on when and where it is asked. */

let services: TestServices;
let now = 0;

beforeAll(async () => {
  services = await startTestServices({ clock: { now: () => now } });
});
afterAll(() => services.close());

interface Asked {
  at: string;
  timeZone?: string;
}

/** The titles of what is due for the actor. */
async function dueFor(actor: Actor, window: DueWindow, { at, timeZone }: Asked): Promise<string[]> {
  now = Date.parse(at);
  const filter = { due: window, timeZone };
  const { rows, count } = await services.tasks.connection(actor, { first: 100, filter, orderBy: [] });
  const { items, total } = await services.tasks.offsetPage(actor, { page: 1, limit: 100, filter, orderBy: [] });
  const { total: counted } = await services.tasks.stats(actor, { filter });
  expect([items.length, total, await count(), counted]).toEqual(Array(4).fill(rows.length));
  return rows.map(({ title }) => title).sort();
}

async function actorWith(tasks: StoredTask[]): Promise<Actor> {
  now = Date.parse('2026-01-01T00:00:00Z');
  const actor = await services.actor();
  await storeTasks(services.database.url, actor.userId, tasks);
  return actor;
}

const day = (dueDate: string, more: StoredTask = {}): StoredTask => ({ title: dueDate, dueDate, ...more });
const moment = (dueAt: string, more: StoredTask = {}): StoredTask => ({ title: dueAt, dueAt, ...more });

describe('days', () => {
  let actor: Actor;
  beforeAll(async () => {
    actor = await actorWith([
      ...['2026-03-08', '2026-03-09', '2026-03-10', '2026-03-11', '2026-03-15', '2026-03-16', '2026-03-17'].map((d) =>
        day(d),
      ),
      day('2026-03-01', { title: 'done', completed: true }),
      day('2026-03-10', { title: 'done today', completed: true }),
      { title: 'never' },
    ]);
  });

  it.each<[DueWindow, string, string, string[]]>([
    ['TODAY', 'UTC', '2026-03-10T00:00:00Z', ['2026-03-10', 'done today']],
    ['TODAY', 'UTC', '2026-03-10T23:59:59.999Z', ['2026-03-10', 'done today']],
    ['TODAY', 'UTC', '2026-03-11T00:00:00Z', ['2026-03-11']],
    ['TODAY', 'Pacific/Kiritimati', '2026-03-10T09:59:59.999Z', ['2026-03-10', 'done today']],
    ['TODAY', 'Pacific/Kiritimati', '2026-03-10T10:00:00Z', ['2026-03-11']],
    ['TODAY', 'Pacific/Pago_Pago', '2026-03-10T10:59:59.999Z', ['2026-03-09']],
    ['TODAY', 'Pacific/Pago_Pago', '2026-03-10T11:00:00Z', ['2026-03-10', 'done today']],
    ['OVERDUE', 'UTC', '2026-03-10T12:00:00Z', ['2026-03-08', '2026-03-09']],
    ['OVERDUE', 'Pacific/Kiritimati', '2026-03-10T10:00:00Z', ['2026-03-08', '2026-03-09', '2026-03-10']],
    ['OVERDUE', 'Pacific/Pago_Pago', '2026-03-10T10:59:59Z', ['2026-03-08']],
    [
      'NEXT_7_DAYS',
      'UTC',
      '2026-03-10T12:00:00Z',
      ['2026-03-10', '2026-03-11', '2026-03-15', '2026-03-16', 'done today'],
    ],
    [
      'NEXT_7_DAYS',
      'Pacific/Kiritimati',
      '2026-03-10T10:00:00Z',
      ['2026-03-11', '2026-03-15', '2026-03-16', '2026-03-17'],
    ],
    [
      'NEXT_7_DAYS',
      'Pacific/Pago_Pago',
      '2026-03-10T10:00:00Z',
      ['2026-03-09', '2026-03-10', '2026-03-11', '2026-03-15', 'done today'],
    ],
  ])('%s in %s at %s', async (window, timeZone, at, expected) => {
    expect(await dueFor(actor, window, { at, timeZone })).toEqual(expected);
  });

  it("are those of the user's own zone where none is named, and of UTC where the user has none", async () => {
    expect(await dueFor(actor, 'TODAY', { at: '2026-03-10T10:00:00Z' })).toEqual(['2026-03-10', 'done today']);
    await services.users.update(actor, { timeZone: 'Pacific/Kiritimati' });
    expect(await dueFor(actor, 'TODAY', { at: '2026-03-10T10:00:00Z' })).toEqual(['2026-03-11']);
    expect(await dueFor(actor, 'TODAY', { at: '2026-03-10T10:00:00Z', timeZone: 'UTC' })).toEqual([
      '2026-03-10',
      'done today',
    ]);
    await services.users.update(actor, { timeZone: null });
  });
});

describe('moments', () => {
  it('are overdue from their own moment on, wherever that is', async () => {
    const actor = await actorWith([moment('2026-03-10T12:00:00.000Z', { dueTimeZone: 'Asia/Tokyo' })]);
    for (const timeZone of ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      expect(await dueFor(actor, 'OVERDUE', { at: '2026-03-10T12:00:00.000Z', timeZone })).toEqual([]);
      expect(await dueFor(actor, 'OVERDUE', { at: '2026-03-10T12:00:00.001Z', timeZone })).toHaveLength(1);
    }
  });

  it('are due on the day that it is then where the user is, whatever their own zone', async () => {
    const actor = await actorWith([moment('2026-03-10T23:30:00.000Z', { dueTimeZone: 'America/New_York' })]);
    const at = '2026-03-10T12:00:00Z';
    expect(await dueFor(actor, 'TODAY', { at, timeZone: 'UTC' })).toHaveLength(1);
    expect(await dueFor(actor, 'TODAY', { at, timeZone: 'Europe/Berlin' })).toEqual([]);
    expect(await dueFor(actor, 'TODAY', { at: '2026-03-10T23:00:00Z', timeZone: 'Europe/Berlin' })).toHaveLength(1);
  });

  it.each([
    ['of 23 hours', '2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['of 25 hours', '2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ])('are those of a day %s from its beginning to its end', async (_length, date, from, to) => {
    const justBefore = (text: string) => new Date(Date.parse(text) - 1).toISOString();
    const actor = await actorWith([from, justBefore(from), to, justBefore(to)].map((at) => moment(at)));
    const asked = { at: `${date}T12:00:00Z`, timeZone: 'Europe/Berlin' };
    expect(await dueFor(actor, 'TODAY', asked)).toEqual([from, justBefore(to)].sort());
  });

  it('of a day that begins an hour late are all there', async () => {
    const actor = await actorWith(['2026-03-29T05:59:59.999Z', '2026-03-29T06:00:00.000Z'].map((at) => moment(at)));
    const found = await dueFor(actor, 'TODAY', { at: '2026-03-29T12:00:00Z', timeZone: 'America/Godthab' });
    expect(found.every((title) => title >= startOfDay('2026-03-29', 'America/Godthab'))).toBe(true);
  });
});

const zones = fc.constantFrom(
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Etc/GMT+12'],
  ...['Asia/Kathmandu', 'Australia/Lord_Howe', 'Africa/Cairo', 'America/Santiago', 'Pacific/Apia'],
);

it('any window finds what a look at each task finds', async () => {
  const base = Date.UTC(2026, 2, 20);
  const hours = Array.from({ length: 200 }, (_, index) => base + (index - 100) * 3_600_000);
  const dates = Array.from({ length: 40 }, (_, index) => addDays('2026-03-20', index - 20));
  const dueTimeZone = (index: number) => ['Pacific/Kiritimati', 'Etc/GMT+12', null][index % 3]!;
  const stored = [
    ...hours.map((at, index) =>
      moment(new Date(at).toISOString(), { dueTimeZone: dueTimeZone(index), completed: index % 7 === 0 }),
    ),
    ...dates.map((date, index) => day(date, { completed: index % 5 === 0 })),
  ];
  const actor = await actorWith(stored);
  const asked = fc.tuple(fc.constantFrom(...DUE_WINDOWS), zones, fc.integer({ min: base - 5e8, max: base + 5e8 }));
  await fc.assert(
    fc.asyncProperty(asked, async ([window, timeZone, at]) => {
      now = at;
      const today = localDate(at, timeZone);
      const end = addDays(today, window === 'TODAY' ? 1 : 7);
      const expected = stored.filter(({ dueDate, dueAt, completed }) => {
        if (window === 'OVERDUE') return !completed && (dueDate ? dueDate < today : Date.parse(dueAt!) < at);
        const on = dueDate ?? localDate(Date.parse(dueAt!), timeZone);
        return on >= today && on < end;
      });
      const { rows, count } = await services.tasks.connection(actor, { first: 100, filter: { due: window, timeZone } });
      const wanted = new Set(expected.map(({ title }) => title));
      expect(await count()).toBe(wanted.size);
      for (const { title } of rows) expect(wanted.has(title)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
