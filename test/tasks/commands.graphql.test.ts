import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';
import { countStatements, type StatementCounter } from '../support/statement-counter.ts';
import { creation, deletion, type SentCommand, statusesOf, toggle, update } from './support/commands.ts';

/** Commands as a device sends them, and what is kept of them. */

const APPLY = `mutation Apply($commands: [TaskCommandInput!]!, $atomic: Boolean) {
  applyCommands(commands: $commands, atomic: $atomic) {
    results {
      id status deletedTaskId
      task { id title description completed completedAt createdAt updatedAt version }
      error { code message version fields { field message } }
    }
  }
}`;
const DAYS = 30;
const { events, ...log } = createRecordedEvents();

let app: TestApp;
let user: string;

beforeAll(async () => {
  app = await startTestApp({ environment: { SYNC_RETENTION_DAYS: `${DAYS}` }, overrides: { events: log } });
});
afterAll(() => app.close());
beforeEach(() => {
  user = newUser();
});

const send = (commands: SentCommand[], variables: object = {}, to = app, from = user) =>
  to.graphql(from, APPLY, { commands, ...variables });

describe('applyCommands', () => {
  it('answers one result for each command, with the task or with the reason', async () => {
    const id = randomUUID();
    const commands = [creation({ id, title: 'a' }), update(id, { title: '' }), update(id, {}, 7), deletion(id)];
    const { data, errors } = await send(commands);
    expect(errors).toEqual([]);
    expect(data.applyCommands.results).toMatchObject([
      { id: commands[0]!.id, status: 'APPLIED', task: { id, title: 'a' }, deletedTaskId: null, error: null },
      { status: 'FAILED', error: { code: 'BAD_USER_INPUT', version: null, fields: [{ field: 'update.input.title' }] } },
      { status: 'FAILED', task: null, error: { code: 'CONFLICT', fields: [] } },
      { status: 'APPLIED', task: null, deletedTaskId: id },
    ]);
  });

  it('is not atomic unless that is asked for', async () => {
    const commands = [creation(), toggle(randomUUID())];
    const answers = [await send(commands, { atomic: true }), await send(commands, { atomic: null })];
    const plain = await app.graphql(
      user,
      'mutation ($commands: [TaskCommandInput!]!) { applyCommands(commands: $commands) { results { status } } }',
      { commands },
    );
    expect([...answers, plain].map(({ data }) => statusesOf(data.applyCommands.results))).toEqual([
      ['NOT_APPLIED', 'FAILED'],
      ['APPLIED', 'FAILED'],
      ['REPLAYED', 'FAILED'],
    ]);
  });

  it('names what is wrong with the form of a batch', async () => {
    const commands = [creation(), { ...creation(), toggle: { id: randomUUID() } }, { ...creation({}, 'x') }];
    const { errors } = await send(commands);
    expect(errors[0]!.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ field: 'commands.1' }, { field: 'commands.2.id' }],
    });
  });

  it('fits a hundred commands with everything that can be asked of them into the cost of an operation', async () => {
    const { data, errors } = await send(Array.from({ length: 100 }, () => creation()));
    expect(errors).toEqual([]);
    expect(data.applyCommands.results).toHaveLength(100);
  });

  it('records that somebody asked for the task of another user', async () => {
    const [theirs = ''] = await storeTasks(app.databaseUrl, newUser(), [{}]);
    const { data } = await send([toggle(theirs), creation()]);
    expect(data.applyCommands.results[0]).toMatchObject({ task: null, error: { code: 'FORBIDDEN' } });
    expect(events.filter(({ userId }) => userId === user)).toMatchObject([
      { event: 'FIRST_SEEN' },
      {
        event: 'ACCESS_DENIED',
        detail: 'FOREIGN_ROW',
        outcome: 'REFUSED',
        origin: { address: expect.stringMatching(/127/) },
      },
    ]);
  });

  it('counts against a limit of its own', async () => {
    const limited = await startTestApp({ environment: { RATE_LIMIT_SCALE: '0.05' }, beside: app });
    const answers = [];
    for (let turn = 0; turn < 4; turn++) answers.push(await send([creation()], {}, limited));
    await limited.close();
    expect(answers.map(({ errors }) => errors[0]?.extensions.code)).toEqual([
      undefined,
      undefined,
      undefined,
      'RATE_LIMITED',
    ]);
    expect(answers[3]!.errors[0]!.extensions).toMatchObject({ limit: 3 });
  });
});

describe('what is remembered of commands', () => {
  async function kept(of: string) {
    const rows = await app.owner(
      `select (select count(*)::int from applied_commands where user_id = $1) as commands,
         (select count(*)::int from tasks where user_id = $1 and deleted_at is not null) as tombstones`,
      [of],
    );
    return rows[0];
  }

  /** As if everything had been so many days earlier. */
  async function age(of: string, days: number) {
    const values = [of, days];
    const then = '- make_interval(days => $2)';
    await app.owner(`update applied_commands set applied_at = applied_at ${then} where user_id = $1`, values);
    await app.owner(`update tasks set deleted_at = deleted_at ${then} where user_id = $1`, values);
  }

  async function leave(of: string) {
    const id = randomUUID();
    await send([creation({ id }), deletion(id)], {}, app, of);
    expect(await kept(of)).toEqual({ commands: 2, tombstones: 1 });
  }

  it.each([
    ['a batch', (to: TestApp, from: string) => send([creation()], {}, to, from)],
    [
      'a deletion',
      async (to: TestApp, from: string) => {
        const [id] = await storeTasks(app.databaseUrl, from, [{}]);
        await to.rest(from, 'DELETE', `/api/tasks/${id}`);
      },
    ],
    [
      'a deletion with a key',
      async (to: TestApp, from: string) => {
        const [id] = await storeTasks(app.databaseUrl, from, [{}]);
        await to.rest(from, 'DELETE', `/api/tasks/${id}`, undefined, { 'idempotency-key': 'k' });
      },
    ],
  ])('is removed with old tombstones after %s of whomever, and not before its time', async (_name, write) => {
    const [old, recent] = [newUser(), newUser()];
    await leave(old);
    await leave(recent);
    await age(old, DAYS + 1);
    await age(recent, DAYS - 1);
    const other = await startTestApp({ environment: { SYNC_RETENTION_DAYS: `${DAYS}` }, beside: app });
    await write(other, newUser());
    for (let left = await kept(old); left.commands + left.tombstones > 0; left = await kept(old));
    await other.close();
    expect(await kept(recent)).toEqual({ commands: 2, tombstones: 1 });
  });

  it('goes with the account', async () => {
    await leave(user);
    await app.rest(user, 'DELETE', '/api/auth/me');
    expect(await kept(user)).toEqual({ commands: 0, tombstones: 0 });
  });
});

describe('the statements of a batch', () => {
  let counter: StatementCounter;
  let counted: TestApp;

  beforeAll(async () => {
    counter = await countStatements(app.databaseUrl);
    counted = await startTestApp({ beside: app, through: counter.through });
  });
  afterAll(async () => {
    await counted.close();
    await counter.close();
  });

  async function statementsOf(commands: SentCommand[]): Promise<number> {
    const before = counter.roundTrips;
    const { errors } = await send(commands, {}, counted);
    expect(errors).toEqual([]);
    return counter.roundTrips - before;
  }

  it('of a hundred creations are three for each and a few around them, and only those when it is sent again', async () => {
    const hundred = Array.from({ length: 100 }, () => creation());
    await statementsOf([creation()]);
    const one = await statementsOf([creation()]);
    expect(one).toBeLessThanOrEqual(3 + 12);
    expect(await statementsOf(hundred)).toBeLessThanOrEqual(one + 99 * 3);
    expect(await statementsOf(hundred)).toBeLessThanOrEqual(one - 3);
  });
});
