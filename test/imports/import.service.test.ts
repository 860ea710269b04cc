import { describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import { createImportService } from '../../src/imports/import.service.ts';
import type { TaskService } from '../../src/tasks/task.service.ts';
import type { NewTask } from '../../src/tasks/task.store.ts';
import type { UserService } from '../../src/users/user.service.ts';

const NOW = Date.parse('2026-01-31T09:30:00.000Z');
const actorOf = (userId: string): Actor => ({ userId, email: null, name: null, issuedAt: NOW / 1000 });

/** What the service hands over for one list. */
async function tasksOf(userId: string, ...titles: string[]): Promise<NewTask[]> {
  const handedOver: NewTask[] = [];
  const tasks = { addMissing: async (_actor: Actor, list: NewTask[]) => handedOver.push(...list) };
  const users = { admit: async () => undefined };
  const service = createImportService({
    tasks: tasks as unknown as TaskService,
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

  it('gives every user other ids, whatever the parts are made of', async () => {
    const ids = [...(await idsOf('alice', 'bread')), ...(await idsOf('bob', 'bread')), ...(await idsOf('a', '1","b'))];
    expect(new Set([...ids, ...(await idsOf('a","1', 'b'))]).size).toBe(4);
  });

  it('never changes the ids: imports of years ago are recognised', async () => {
    expect(await idsOf('demo', 'T001 Create project')).toEqual(['b3b44ec0-5bd7-572d-908b-c9fc72a394f9']);
  });

  it('spaces the tasks by a millisecond, the last one now', async () => {
    const tasks = await tasksOf('alice', 'one', 'two', 'three');
    expect(tasks.map(({ createdAt }) => Number(createdAt) - NOW)).toEqual([-2, -1, 0]);
  });
});
