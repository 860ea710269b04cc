import type { TestApp } from '../../support/app.ts';
import { newUser } from '../../support/factories.ts';
import { asking } from './operations.ts';

/** What tests of the trash put there, and look at, in the name of one user. */
export function trashOf(app: TestApp, user = newUser()) {
  const own = asking(app, user);
  const titlesOf = async (name: 'tasks' | 'deletedTasks'): Promise<string[]> =>
    (await own.ask(name)).nodes.map(({ title }: { title: string }) => title).sort();

  async function create(input: Record<string, unknown> = {}): Promise<string> {
    return (await own.ask('createTask', { input: { title: 't', ...input } })).task.id;
  }

  return {
    ...own,
    user,
    create,
    async deleted(input: Record<string, unknown> = {}): Promise<string> {
      const id = await create(input);
      await own.ask('deleteTask', { id });
      return id;
    },
    /** titles */
    trash: () => titlesOf('deletedTasks'),
    live: () => titlesOf('tasks'),
  };
}

export type Trash = ReturnType<typeof trashOf>;
