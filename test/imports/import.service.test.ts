import { describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import { createImportService } from '../../src/imports/import.service.ts';
import type { LabelService } from '../../src/labels/label.service.ts';
import type { NewTask } from '../../src/tasks/task.record.ts';
import type { TaskService } from '../../src/tasks/task.service.ts';
import type { UserService } from '../../src/users/user.service.ts';

const NOW = Date.parse('2026-01-31T09:30:00.000Z');
const actorOf = (userId: string): Actor => ({ userId, email: null, name: null, issuedAt: NOW / 1000 });

const SALTS: Record<string, string> = {
  alice: '0b6ff3b1-8f0e-4c07-9d5b-5f3c61f7a001',
  bob: '0b6ff3b1-8f0e-4c07-9d5b-5f3c61f7a002',
};

/** What the service hands over for one list. */
async function tasksOf(userId: string, ...titles: string[]): Promise<NewTask[]> {
  const handedOver: NewTask[] = [];
  const tasks = { addMissing: async (_actor: Actor, list: NewTask[]) => handedOver.push(...list) };
  const users = { importSalt: async (actor: Actor) => SALTS[actor.userId] };
  const service = createImportService({
    tasks: tasks as unknown as TaskService,
    labels: {} as LabelService,
    users: users as unknown as UserService,
    clock: { now: () => NOW },
  });
  await service.add(
    actorOf(userId),
    titles.map((title) => ({ title, completed: false })),
  );
  return handedOver;
}

const idsOf = async (userId: string, ...titles: string[]) => (await tasksOf(userId, ...titles)).map(({ id }) => id);

describe('the import service', () => {
  it('gives the same list the same ids, and a longer one only more of them', async () => {
    const short = await idsOf('alice', 'bread', 'milk');
    const long = await idsOf('alice', 'bread', 'milk', 'tea');
    expect(long.slice(0, 2)).toEqual(short);
    expect(new Set(long).size).toBe(3);
  });

  it('keeps the id of a title wherever it moves', async () => {
    const [bread, milk] = await idsOf('alice', 'bread', 'milk');
    expect(await idsOf('alice', 'tea', 'milk', 'bread')).toEqual([expect.any(String), milk, bread]);
  });

  it('tells equal titles apart by how many came before', async () => {
    const ids = await idsOf('alice', 'bread', 'bread', 'bread');
    expect(new Set(ids).size).toBe(3);
    expect(await idsOf('alice', 'bread', 'milk', 'bread')).toEqual([ids[0], expect.any(String), ids[1]]);
  });

  it('makes ids that only who knows the salt of the user can tell from the titles', async () => {
    const [ofAlice] = await idsOf('alice', 'bread');
    const [ofBob] = await idsOf('bob', 'bread');
    expect(ofAlice).not.toBe(ofBob);
  });

  it('takes no title for another one with its number', async () => {
    const ids = await idsOf('alice', 'bread', 'bread', 'bread",2', 'bread,2', 'bread2');
    expect(new Set(ids).size).toBe(5);
  });

  it('never changes the ids: imports of years ago are recognised', async () => {
    expect(await idsOf('alice', 'T001 Create project')).toEqual(['f3e846e8-4d4e-5ce5-ad6d-014e35079b70']);
  });

  it('spaces the tasks by a millisecond, the last one now', async () => {
    const tasks = await tasksOf('alice', 'one', 'two', 'three');
    expect(tasks.map(({ createdAt }) => Number(createdAt) - NOW)).toEqual([-2, -1, 0]);
  });
});
