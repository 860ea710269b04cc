import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { asked, tasksOf } from './support/graphql-tasks.ts';
import { appliedCommands, completedOccurrences, WAYS } from './support/recurring-tasks.ts';

/** What completing a task does that recurs: each occurrence once, by whomever and however often it is sent. */

const NOW = '2026-03-10T23:30:00.000Z';
const DAILY = { dueDate: '2026-03-01', recurrence: 'FREQ=DAILY' };

let app: TestApp;
let tasks: ReturnType<typeof tasksOf>;
let user: string;
let now = Date.parse(NOW);

beforeAll(async () => {
  app = await startTestApp({ overrides: { clock: { now: () => now } } });
  tasks = tasksOf(app);
});
afterAll(() => app.close());
beforeEach(() => {
  now = Date.parse(NOW);
  user = newUser();
});

const occurrencesOf = (id: string) => completedOccurrences(app, user, id);
const daysOf = (occurrences: { dueDate: string | null }[]) => occurrences.map(({ dueDate }) => dueDate);
const applied = (...commands: object[]) => appliedCommands(app, user, commands);

describe.each(WAYS)('completing a recurring task by %s', (_name, complete) => {
  it('records the occurrence, plans the next and leaves the task open', async () => {
    const made = await tasks.create(user, { ...DAILY, title: 'Water the plants', priority: 'HIGH' });
    await complete(app, user, made.id);
    const after = await tasks.get(user, made.id);
    expect(after).toEqual({ ...made, dueDate: '2026-03-02', version: 2, updatedAt: after.updatedAt });
    expect(await occurrencesOf(made.id)).toEqual([
      { version: 2, dueDate: '2026-03-01', dueAt: null, completedAt: after.updatedAt },
    ]);
  });

  it('counts down, and completes the last occurrence for real', async () => {
    const made = await tasks.create(user, { ...DAILY, recurrence: 'FREQ=DAILY;COUNT=2' });
    await complete(app, user, made.id);
    expect(await tasks.get(user, made.id)).toMatchObject({ completed: false, recurrence: 'FREQ=DAILY;COUNT=1' });
    await complete(app, user, made.id);
    const last = await tasks.get(user, made.id);
    expect(last).toMatchObject({ completed: true, completedAt: expect.any(String), dueDate: '2026-03-02' });
    expect(daysOf(await occurrencesOf(made.id))).toEqual(['2026-03-02', '2026-03-01']);
  });
});

describe('completing a recurring task', () => {
  it('completes it for real after the day of UNTIL', async () => {
    const made = await tasks.create(user, { ...DAILY, recurrence: 'FREQ=DAILY;UNTIL=20260302' });
    expect(await tasks.complete(user, made.id)).toMatchObject({ completed: false, dueDate: '2026-03-02' });
    expect(await tasks.complete(user, made.id)).toMatchObject({ completed: true, dueDate: '2026-03-02' });
  });

  it('completes it for real at the end of the calendar', async () => {
    const made = await tasks.create(user, { dueDate: '9999-12-31', recurrence: 'FREQ=DAILY' });
    expect(await tasks.complete(user, made.id)).toMatchObject({ completed: true, dueDate: '9999-12-31' });
  });

  it('keeps the time on the wall of its zone when clocks change', async () => {
    const made = await tasks.create(user, {
      ...{ dueAt: '2026-03-28T08:00:00Z', dueTimeZone: 'Europe/Berlin', recurrence: 'FREQ=DAILY' },
    });
    const next = await tasks.complete(user, made.id);
    expect(next).toMatchObject({ dueAt: '2026-03-29T07:00:00.000Z', dueTimeZone: 'Europe/Berlin', dueDate: null });
    expect(await occurrencesOf(made.id)).toMatchObject([{ dueAt: '2026-03-28T08:00:00.000Z', dueDate: null }]);
  });

  it('takes what else the same change says of the plan', async () => {
    const made = await tasks.create(user, DAILY);
    const change = { completed: true, dueDate: '2026-05-01', recurrence: 'FREQ=WEEKLY', title: 'Weekly' };
    expect(await tasks.update(user, made.id, change)).toMatchObject({
      ...{ completed: false, dueDate: '2026-05-08', recurrence: 'FREQ=WEEKLY', title: 'Weekly', version: 2 },
    });
    expect(daysOf(await occurrencesOf(made.id))).toEqual(['2026-05-01']);
  });

  it('keeps tags, list, parent and priority', async () => {
    const [tag, list, parent] = [
      await tasks.tag(user, 'home'),
      await tasks.taskList(user, 'l'),
      await tasks.create(user),
    ];
    const place = { tagIds: [tag.id], listId: list.id, parentId: parent.id, priority: 'LOW' };
    const made = await tasks.create(user, { ...DAILY, ...place });
    expect(await tasks.complete(user, made.id)).toMatchObject({ ...place, dueDate: '2026-03-02' });
  });

  it('completes one that does not recur as ever', async () => {
    const made = await tasks.create(user, { dueDate: '2026-03-01' });
    expect(await tasks.complete(user, made.id)).toMatchObject({ completed: true, version: 2 });
    expect(await occurrencesOf(made.id)).toEqual([]);
  });

  it('writes nothing when it is completed already', async () => {
    const made = await tasks.create(user, { ...DAILY, recurrence: 'FREQ=DAILY;COUNT=1' });
    const done = await tasks.complete(user, made.id);
    expect(done).toMatchObject({ completed: true, version: 2 });
    expect(await tasks.complete(user, made.id)).toEqual(done);
    expect(await occurrencesOf(made.id)).toHaveLength(1);
  });

  it('can be completed from the start, and recurs when it is reopened and completed again', async () => {
    const made = await tasks.create(user, { ...DAILY, completed: true });
    expect(made).toMatchObject({ completed: true, dueDate: '2026-03-01' });
    expect(await tasks.toggle(user, made.id)).toMatchObject({ completed: false, dueDate: '2026-03-01' });
    expect(await tasks.toggle(user, made.id)).toMatchObject({ completed: false, dueDate: '2026-03-02' });
  });

  it('remembers no occurrence of a task that was purged', async () => {
    const made = await tasks.create(user, DAILY);
    await tasks.complete(user, made.id);
    await tasks.delete(user, made.id);
    await asked(app, user, 'mutation ($id: ID!) { purgeTask(id: $id) { purgedTaskId } }', { id: made.id });
    expect((await app.graphql(user, `{ node(id: "${made.id}") { id } }`)).data).toEqual({ node: null });
  });
});

describe('the basis of completion', () => {
  const FROM_COMPLETION = { ...DAILY, recurrenceBasis: 'COMPLETION' };

  it.each([
    ['UTC', null, '2026-03-11'],
    ['a zone where tomorrow has begun', 'Europe/Berlin', '2026-03-12'],
    ['the zone that is farthest ahead', 'Pacific/Kiritimati', '2026-03-12'],
    ['the zone that is farthest behind', 'Pacific/Pago_Pago', '2026-03-11'],
  ])('counts from the day that it is for a user in %s', async (_where, timeZone, expected) => {
    await tasks.setTimeZone(user, timeZone);
    const made = await tasks.create(user, FROM_COMPLETION);
    expect((await tasks.complete(user, made.id)).dueDate).toBe(expected);
  });

  it('follows the zone that the user has set since', async () => {
    const made = await tasks.create(user, FROM_COMPLETION);
    await tasks.setTimeZone(user, 'Europe/Berlin');
    expect((await tasks.complete(user, made.id)).dueDate).toBe('2026-03-12');
  });

  it('counts a moment in the zone of the moment, at its time on the wall', async () => {
    await tasks.setTimeZone(user, 'Pacific/Kiritimati');
    const { id } = await tasks.create(user, {
      ...{ dueAt: '2026-03-01T14:00:00Z', dueTimeZone: 'America/New_York', recurrence: 'FREQ=DAILY' },
      recurrenceBasis: 'COMPLETION',
    });
    expect(await tasks.complete(user, id)).toMatchObject({ dueAt: '2026-03-11T13:00:00.000Z' });
  });

  it('plans the day after the one that was done before its time', async () => {
    const { id } = await tasks.create(user, { ...FROM_COMPLETION, dueDate: '2026-03-10' });
    expect((await tasks.complete(user, id)).dueDate).toBe('2026-03-11');
    expect((await tasks.complete(user, id)).dueDate).toBe('2026-03-12');
    expect(daysOf(await occurrencesOf(id))).toEqual(['2026-03-11', '2026-03-10']);
  });

  it('counts every command of a batch from the moment of the batch', async () => {
    const { id } = await tasks.create(user, { ...FROM_COMPLETION, recurrence: 'FREQ=WEEKLY' });
    const results = await applied(
      { toggle: { id } },
      { update: { id, input: { dueDate: '2026-03-09', completed: true } } },
    );
    expect(results.map(({ task }: { task: { dueDate: string } }) => task.dueDate)).toEqual([
      '2026-03-17',
      '2026-03-17',
    ]);
    expect(daysOf(await occurrencesOf(id))).toEqual(['2026-03-09', '2026-03-01']);
  });
});

describe('undo', () => {
  it('takes a completed occurrence back', async () => {
    const made = await tasks.create(user, DAILY);
    const query = 'mutation ($id: ID!) { completeTask(id: $id) { undoToken } }';
    const { undoToken } = (await asked(app, user, query, { id: made.id })).completeTask;
    await asked(app, user, 'mutation ($token: String!) { undo(token: $token) { tasks { id } } }', { token: undoToken });
    expect(await tasks.get(user, made.id)).toMatchObject({ dueDate: made.dueDate, completed: false, version: 3 });
    expect(await occurrencesOf(made.id)).toEqual([]);
  });
});

describe('a version that is expected', () => {
  it('refuses to complete an occurrence that was completed already', async () => {
    const { id } = await tasks.create(user, DAILY);
    await tasks.complete(user, id, { expectedVersion: 1 });
    const { errors } = await tasks.completeAnswer(user, id, { expectedVersion: 1 });
    expect(errors[0]!.extensions).toMatchObject({ code: 'CONFLICT', version: 2 });
    expect(await occurrencesOf(id)).toHaveLength(1);
  });

  it('lets one of fifty complete an occurrence', async () => {
    const { id } = await tasks.create(user, DAILY);
    const ways = [
      tasks.completeAnswer,
      (who: string, what: string, options: object) =>
        tasks.updateAnswer(who, what, { completed: true }, { ...options }),
    ];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => ways[index % 2]!(user, id, { expectedVersion: 1 })),
    );
    const codes = answers.map(({ errors }) => errors[0]?.extensions.code ?? 'won').sort();
    expect(codes).toEqual([...Array(49).fill('CONFLICT'), 'won']);
    expect(await tasks.get(user, id)).toMatchObject({ version: 2, dueDate: '2026-03-02' });
    expect(await occurrencesOf(id)).toHaveLength(1);
  });
});

describe('an idempotency key', () => {
  it.each([
    ['completeTask', (id: string, key: string) => tasks.complete(user, id, { key })],
    ['updateTask', (id: string, key: string) => tasks.update(user, id, { completed: true }, { key })],
    ['toggleTask', (id: string, key: string) => tasks.toggle(user, id, { key })],
  ])('completes one occurrence with %s, however often it is sent', async (_name, complete) => {
    const { id } = await tasks.create(user, DAILY);
    const first = await complete(id, 'k');
    const again = await Promise.all(Array.from({ length: 10 }, () => complete(id, 'k')));
    expect(again).toEqual(Array(10).fill(first));
    expect(await occurrencesOf(id)).toHaveLength(1);
    expect(await complete(id, 'another')).toMatchObject({ dueDate: '2026-03-03' });
  });

  it('answers the same on another day', async () => {
    const { id } = await tasks.create(user, { ...DAILY, recurrenceBasis: 'COMPLETION' });
    const first = await tasks.complete(user, id, { key: 'k' });
    now += 3_000_000;
    expect(await tasks.complete(user, id, { key: 'k' })).toEqual(first);
  });
});

describe('commands', () => {
  it('complete one occurrence each, and none when they are sent again', async () => {
    const { id } = await tasks.create(user, DAILY);
    const commands = [
      { id: randomUUID(), toggle: { id } },
      { id: randomUUID(), update: { id, input: { completed: true } } },
      { id: randomUUID(), toggle: { id } },
    ];
    const results = [await applied(...commands), await applied(...commands)];
    expect(results.map((all) => all.map(({ status }: { status: string }) => status))).toEqual([
      ['APPLIED', 'APPLIED', 'APPLIED'],
      ['REPLAYED', 'REPLAYED', 'REPLAYED'],
    ]);
    expect(daysOf(await occurrencesOf(id))).toEqual(['2026-03-03', '2026-03-02', '2026-03-01']);
    expect((await tasks.get(user, id)).dueDate).toBe('2026-03-04');
  });

  it('are in conflict where the occurrence that a device knew was completed by another one', async () => {
    const { id } = await tasks.create(user, DAILY);
    await tasks.complete(user, id);
    const [result] = await applied({ update: { id, input: { completed: true }, expectedVersion: 1 } });
    expect(result).toMatchObject({ status: 'FAILED', error: { code: 'CONFLICT', version: 2 } });
    expect(await occurrencesOf(id)).toHaveLength(1);
  });

  it('leave no occurrence behind when they are taken back', async () => {
    const { id } = await tasks.create(user, DAILY);
    const query = `mutation ($commands: [TaskCommandInput!]!) {
      applyCommands(commands: $commands, atomic: true) { results { status } }
    }`;
    const commands = [
      { id: randomUUID(), toggle: { id } },
      { id: randomUUID(), toggle: { id: randomUUID() } },
    ];
    await asked(app, user, query, { commands });
    expect(await occurrencesOf(id)).toEqual([]);
    expect(await tasks.get(user, id)).toMatchObject({ version: 1, dueDate: DAILY.dueDate });
  });
});

describe('completing at the same time', () => {
  it('completes as many occurrences as were asked for', async () => {
    const { id } = await tasks.create(user, DAILY);
    await Promise.all(Array.from({ length: 20 }, (_, index) => WAYS[index % WAYS.length]![1](app, user, id)));
    const occurrences = await occurrencesOf(id);
    expect(daysOf(occurrences)).toEqual(
      Array.from({ length: 20 }, (_, index) => `2026-03-${String(20 - index).padStart(2, '0')}`),
    );
    expect(await tasks.get(user, id)).toMatchObject({ dueDate: '2026-03-21', completed: false, version: 21 });
  });

  it('loses no edit of somebody who edits meanwhile', async () => {
    const { id } = await tasks.create(user, DAILY);
    await Promise.all([
      ...Array.from({ length: 10 }, () => tasks.complete(user, id)),
      ...Array.from({ length: 10 }, (_, index) => tasks.update(user, id, { description: `Edited ${index}` })),
      tasks.update(user, id, { priority: 'URGENT' }),
    ]);
    expect(await tasks.get(user, id)).toMatchObject({
      ...{ priority: 'URGENT', description: expect.stringMatching(/^Edited \d$/), dueDate: '2026-03-11', version: 22 },
    });
    expect(await occurrencesOf(id)).toHaveLength(10);
  });
});
