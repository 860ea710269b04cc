import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import { createMemoryStores } from '../support/memory-stores.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';
import { applying, creation, deletion, type SentCommand, statusesOf, toggle, update } from './support/commands.ts';

/** The rules of commands, in PostgreSQL and in the store of the tests, which so may stand for it. */

const STORES = { PostgreSQL: () => ({}), memory: createMemoryStores };

describe.each(Object.keys(STORES) as (keyof typeof STORES)[])('commands in %s', (name) => {
  let services: TestServices;
  let actor: Actor;
  let apply: ReturnType<typeof applying>;

  beforeAll(async () => {
    services = await startTestServices(STORES[name]());
  });
  afterAll(() => services.close());

  beforeEach(async () => {
    actor = await services.actor();
    apply = applying(services, actor);
  });

  const applyAtomic = (...commands: SentCommand[]) => services.tasks.applyCommands(actor, { commands, atomic: true });
  const total = async (user = actor) => (await services.tasks.stats(user)).total;

  describe('a batch', () => {
    it('is applied in order, and later commands see the tasks of earlier ones', async () => {
      const id = randomUUID();
      const commands = [creation({ id, title: 'a' }), update(id, { title: 'b' }, 1), toggle(id), deletion(id, 3)];
      const results = await apply(...commands);
      expect(results).toMatchObject([
        { status: 'APPLIED', task: { id, title: 'a', version: 1 }, deletedTaskId: null, error: null },
        { status: 'APPLIED', task: { title: 'b', completed: false, version: 2 } },
        { status: 'APPLIED', task: { completed: true, version: 3 } },
        { status: 'APPLIED', task: null, deletedTaskId: id },
      ]);
      expect(results.map((result) => result.id)).toEqual(commands.map((command) => command.id));
      expect(await total()).toBe(0);
    });

    it('answers and leaves behind what single writes would', async () => {
      const [result] = await apply(creation({ title: '  trimmed ', description: 'd', completed: true }));
      const task = await services.tasks.get(actor, result!.task!.id);
      expect(result!.task).toEqual(task);
      expect(task).toMatchObject({ title: 'trimmed', description: 'd', completed: true });
    });

    it('gives a new task an id of version 7 where the device has not', async () => {
      const [result] = await apply(creation());
      expect(result!.task!.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
    });

    it('goes on after a command that fails', async () => {
      const id = randomUUID();
      const results = await apply(toggle(id), creation({ id }), update(id, { title: '' }), toggle(id));
      expect(statusesOf(results)).toEqual(['FAILED', 'APPLIED', 'FAILED', 'APPLIED']);
      expect(await services.tasks.get(actor, id)).toMatchObject({ completed: true, version: 2 });
    });

    it('has a hundred commands at most', async () => {
      const hundred = Array.from({ length: 100 }, () => creation());
      expect(new Set(statusesOf(await apply(...hundred)))).toEqual(new Set(['APPLIED']));
      await expect(apply(...hundred, creation())).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { fields: [{ field: 'commands', message: 'must have at most 100 commands' }] },
      });
      expect(await total()).toBe(100);
    });
  });

  describe('a batch of a wrong form is refused as a whole', () => {
    const id = randomUUID();
    it.each<[string, unknown, string]>([
      ['no commands', { commands: [] }, 'commands'],
      ['an id that is no UUID', { commands: [{ id: 'x', toggle: { id } }] }, 'commands.0.id'],
      ['a command that asks for nothing', { commands: [creation(), { id }] }, 'commands.1'],
      ['a command of two kinds', { commands: [{ ...creation(), toggle: { id } }] }, 'commands.0'],
      ['a command of an unknown kind', { commands: [{ ...creation(), rename: {} }] }, 'commands.0.rename'],
      ['text for atomic', { commands: [creation()], atomic: 'true' }, 'atomic'],
    ])('%s', async (_name, batch, field) => {
      await expect(services.tasks.applyCommands(actor, batch as never)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { fields: [{ field }] },
      });
      expect(await total()).toBe(0);
    });

    it('not one that says null for the kinds that it is not of', async () => {
      const [result] = await apply({ ...creation(), update: null, delete: null, toggle: null });
      expect(result!.status).toBe('APPLIED');
    });
  });

  describe('a command that was applied', () => {
    it('is replayed with the task as it is now, and not applied again', async () => {
      const { id } = await services.tasks.create(actor, { title: 'a' });
      const command = toggle(id);
      await apply(command);
      await services.tasks.update(actor, id, { title: 'changed since' });
      expect(await apply(command)).toMatchObject([
        { status: 'REPLAYED', task: { title: 'changed since', completed: true, version: 3 }, error: null },
      ]);
    });

    it('is replayed without a task when that is gone', async () => {
      const command = creation();
      const [first] = await apply(command);
      await services.tasks.delete(actor, first!.task!.id);
      expect(await apply(command)).toMatchObject([{ status: 'REPLAYED', task: null, deletedTaskId: null }]);
    });

    it('tells again which task it deleted', async () => {
      const { id } = await services.tasks.create(actor, { title: 'a' });
      const command = deletion(id);
      await apply(command);
      expect(await apply(command)).toMatchObject([{ status: 'REPLAYED', task: null, deletedTaskId: id }]);
    });

    it('makes one task without an id of the device, which every replay tells', async () => {
      const command = creation();
      const results = [...(await apply(command)), ...(await apply(command)), ...(await apply(command))];
      expect(new Set(results.map(({ task }) => task!.id)).size).toBe(1);
      expect(await total()).toBe(1);
    });

    it('is known in other batches, in another order and with more around it', async () => {
      const [a, b] = [randomUUID(), randomUUID()];
      const commands = [creation({ id: a }), creation({ id: b }), toggle(a), toggle(b)];
      await apply(...commands.slice(0, 3));
      const results = await apply(...commands.toReversed(), toggle(a));
      expect(statusesOf(results)).toEqual(['APPLIED', 'REPLAYED', 'REPLAYED', 'REPLAYED', 'APPLIED']);
      expect(await services.tasks.get(actor, a)).toMatchObject({ completed: false, version: 3 });
    });

    it('is the same whatever the case of ids, white space that is trimmed and fields that say their default', async () => {
      const [id, taskId] = [randomUUID(), randomUUID()];
      await apply(creation({ id: taskId, title: 'a' }, id));
      const same = { id: taskId.toUpperCase(), title: ' a ', description: null, completed: false };
      expect(statusesOf(await apply(creation(same, id.toUpperCase())))).toEqual(['REPLAYED']);
      const changes = { title: 'b', description: undefined };
      const command = update(taskId, changes);
      await apply(command);
      const again = update(taskId.toUpperCase(), { title: 'b ' }, undefined, command.id);
      expect(statusesOf(await apply(again))).toEqual(['REPLAYED']);
    });

    it.each<[string, (id: string, command: string) => SentCommand]>([
      ['another input', (id, command) => update(id, { title: 'y' }, undefined, command)],
      ['another version', (id, command) => update(id, { title: 'x' }, 2, command)],
      ['another task', (_id, command) => update(randomUUID(), { title: 'x' }, undefined, command)],
      ['another kind', (id, command) => toggle(id, command)],
    ])('cannot be used for %s: CONFLICT without a version', async (_name, other) => {
      const { id } = await services.tasks.create(actor, { title: 'a' });
      const command = update(id, { title: 'x' });
      await apply(command);
      const [result] = await apply(other(id, command.id));
      expect(result).toMatchObject({ status: 'FAILED', task: null, error: { code: 'CONFLICT', details: {} } });
      expect(await services.tasks.get(actor, id)).toMatchObject({ title: 'x', version: 2 });
    });

    it('is nothing to another user, who may use the same id', async () => {
      const command = creation();
      await apply(command);
      const other = await services.actor();
      expect(statusesOf(await applying(services, other)(command))).toEqual(['APPLIED']);
      expect([await total(), await total(other)]).toEqual([1, 1]);
    });

    it('is replayed within its batch, or in conflict where it asks for something else', async () => {
      const { id } = await services.tasks.create(actor, { title: 'a' });
      const command = toggle(id);
      const results = await apply(command, command, update(id, {}, undefined, command.id));
      expect(results).toMatchObject([
        { status: 'APPLIED', task: { version: 2 } },
        { status: 'REPLAYED', task: { version: 2 } },
        { status: 'FAILED', task: null, error: { code: 'CONFLICT' } },
      ]);
    });
  });

  describe('a command that fails', () => {
    it('for what it says names the fields that are wrong, by their paths in the command', async () => {
      const { id } = await services.tasks.create(actor, { title: 'a' });
      const wrong = [
        creation({ title: ' ', id: 'x' }),
        update(id, { title: null as never }),
        update(id, { title: 'b' }, 0),
        toggle('nothing'),
        { id: randomUUID(), delete: [] as never },
      ];
      const results = await apply(...wrong, toggle(id));
      expect(results.map(({ error }) => error?.details.fields?.map(({ field }) => field).sort())).toEqual([
        ['create.id', 'create.title'],
        ['update.input.title'],
        ['update.expectedVersion'],
        ['toggle.id'],
        ['delete'],
        undefined,
      ]);
      expect(results.map(({ error }) => error?.code)).toEqual([...Array(5).fill('BAD_USER_INPUT'), undefined]);
      expect(statusesOf(results)).toEqual([...Array(5).fill('FAILED'), 'APPLIED']);
    });

    it('is tried again when it is sent again', async () => {
      const id = randomUUID();
      const command = toggle(id);
      expect(await apply(command)).toMatchObject([{ status: 'FAILED', error: { code: 'NOT_FOUND' }, task: null }]);
      await services.tasks.create(actor, { id, title: 'a' });
      expect(statusesOf(await apply(command))).toEqual(['APPLIED']);
    });

    it('for a version that is gone tells the task and its version as they are after the batch', async () => {
      const { id } = await services.tasks.create(actor, { title: 'a' });
      await services.tasks.update(actor, id, { title: 'elsewhere' });
      const results = await apply(update(id, { title: 'b' }, 1), deletion(id, 1), toggle(id));
      const current = await services.tasks.get(actor, id);
      expect(current).toMatchObject({ title: 'elsewhere', completed: true, version: 3 });
      const conflict = { status: 'FAILED', task: current, error: { code: 'CONFLICT', details: { version: 3 } } };
      expect(results).toMatchObject([conflict, conflict, { status: 'APPLIED', task: current }]);
    });

    it('for an id that another task has tells that task', async () => {
      const existing = await services.tasks.create(actor, { title: 'a' });
      expect(await apply(creation({ id: existing.id, title: 'b' }))).toMatchObject([
        { status: 'FAILED', task: existing, error: { code: 'CONFLICT', details: { version: 1 } } },
      ]);
    });

    it('is none for a task that is there already as the command would make it', async () => {
      const existing = await services.tasks.create(actor, { title: 'a' });
      const [result] = await apply(creation({ id: existing.id, title: 'a' }));
      expect(result).toMatchObject({ status: 'APPLIED', task: existing });
    });

    it('for a task of somebody else is FORBIDDEN, and tells and touches nothing of it', async () => {
      const other = await services.actor();
      const theirs = await services.tasks.create(other, { title: 'theirs' });
      const commands = [
        toggle(theirs.id),
        update(theirs.id, { title: 'mine' }, 7),
        deletion(theirs.id),
        creation({ id: theirs.id }),
      ];
      const results = await apply(...commands);
      expect(results.map(({ error }) => error?.code)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'CONFLICT']);
      for (const { task, error } of results) expect([task, error!.details.version]).toEqual([null, undefined]);
      expect(await services.tasks.get(other, theirs.id)).toEqual(theirs);
    });
  });

  describe('an atomic batch', () => {
    it('is applied whole where nothing fails, and replayed whole', async () => {
      const id = randomUUID();
      const commands = [creation({ id }), toggle(id), toggle(id)];
      expect(statusesOf(await applyAtomic(...commands))).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
      expect(statusesOf(await applyAtomic(...commands))).toEqual(['REPLAYED', 'REPLAYED', 'REPLAYED']);
      expect(await services.tasks.get(actor, id)).toMatchObject({ version: 3 });
    });

    it('leaves nothing behind where one fails, and what failed tells the task as it is then', async () => {
      const before = await services.tasks.create(actor, { title: 'a' });
      const results = await applyAtomic(
        creation(),
        toggle(before.id),
        update(before.id, { title: 'b' }, 1),
        creation(),
      );
      expect(results).toMatchObject([
        { status: 'NOT_APPLIED', task: null, error: null },
        { status: 'NOT_APPLIED', task: null, error: null },
        { status: 'FAILED', task: before, error: { code: 'CONFLICT', details: { version: 1 } } },
        { status: 'NOT_APPLIED', task: null, error: null },
      ]);
      expect(await total()).toBe(1);
    });

    it('is not remembered where one fails: put right, it is applied', async () => {
      const id = randomUUID();
      const first = creation({ id });
      await applyAtomic(first, update(id, { title: '' }));
      expect(statusesOf(await applyAtomic(first, update(id, { title: 'b' })))).toEqual(['APPLIED', 'APPLIED']);
    });

    it('tells of commands that earlier batches applied that they are, also where one fails', async () => {
      const { id } = await services.tasks.create(actor, { title: 'a' });
      const [applied, gone] = [toggle(id), creation()];
      await apply(applied);
      const results = await applyAtomic(gone, gone, toggle(randomUUID()), applied);
      expect(statusesOf(results)).toEqual(['NOT_APPLIED', 'NOT_APPLIED', 'FAILED', 'REPLAYED']);
      expect(results[3]!.task).toMatchObject({ id, completed: true });
    });
  });
});
