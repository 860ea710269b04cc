import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { asked, TASK, tasksOf } from './support/graphql-tasks.ts';

/** Each occurrence of a recurring task is completed once, by whomever and however often it is sent. */

const OCCURRENCES = 'completedOccurrences { nodes { version dueDate dueAt completedAt } }';
const NOW = '2026-03-10T23:30:00.000Z';

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

const DAILY = { dueDate: '2026-03-01', recurrence: 'FREQ=DAILY' };

interface Occurrence {
  version: number;
  dueDate: string | null;
  dueAt: string | null;
  completedAt: string;
}

/** The latest first. */
async function occurrencesOf(id: string): Promise<Occurrence[]> {
  const data = await asked(app, user, `query ($id: ID!) { task(id: $id) { ${OCCURRENCES} } }`, { id });
  return data.task.completedOccurrences.nodes;
}

const daysOf = (occurrences: Occurrence[]) => occurrences.map(({ dueDate }) => dueDate);

async function applied(...commands: object[]) {
  const query = `mutation ($commands: [TaskCommandInput!]!) {
    applyCommands(commands: $commands) { results { status task { ${TASK} } error { code version } } }
  }`;
  const sent = commands.map((command) => ({ id: randomUUID(), ...command }));
  return (await asked(app, user, query, { commands: sent })).applyCommands.results;
}

/** Every way in which a client can say that a task is done. */
const WAYS: [string, (id: string) => Promise<unknown>][] = [
  ['completeTask', (id) => tasks.complete(user, id)],
  ['updateTask', (id) => tasks.update(user, id, { completed: true })],
  ['toggleTask', (id) => tasks.toggle(user, id)],
  ['a command that updates', (id) => applied({ update: { id, input: { completed: true } } })],
  ['a command that toggles', (id) => applied({ toggle: { id } })],
  ['PUT', (id) => app.rest(user, 'PUT', `/api/tasks/${id}`, { completed: true })],
  ['PATCH', (id) => app.rest(user, 'PATCH', `/api/tasks/${id}`, { completed: true })],
  ['PATCH …/toggle', (id) => app.rest(user, 'PATCH', `/api/tasks/${id}/toggle`)],
];

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
    await Promise.all(Array.from({ length: 20 }, (_, index) => WAYS[index % WAYS.length]![1](id)));
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
