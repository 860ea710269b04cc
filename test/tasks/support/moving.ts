import { expect } from '@jest/globals';
import type { TestApp } from '../../support/app.ts';
import { newUser, type StoredTask, storeTasks } from '../../support/factories.ts';
import { asking } from './operations.ts';

export const BY_POSITION = { first: 100, orderBy: [{ field: 'POSITION', direction: 'ASC' }] };

/** A new user with the tasks a to f, in the order of their creation, which is the user's own until one is moved. */
export async function movingOf(app: TestApp) {
  const user = newUser();
  const own = asking(app, user);
  const stored = (tasks: StoredTask[]) => storeTasks(app.databaseUrl, user, tasks);
  const ids = await stored([...'abcdef'].map((title) => ({ title })));
  const id = (title: string) => ids[title.charCodeAt(0) - 'a'.charCodeAt(0)]!;
  return {
    ...own,
    user,
    ids,
    id,
    stored,
    move: (title: string, place: Record<string, unknown>) => own.ask('moveTask', { id: id(title), ...place }),
    /** Titles in the user's own order, which is that of the positions that are shown. */
    async order(): Promise<string> {
      const { nodes } = await own.ask('tasks', BY_POSITION);
      const positions = nodes.map(({ position }: { position: string }) => position);
      expect(positions).toEqual(positions.toSorted());
      expect(new Set(positions).size).toBe(positions.length);
      return nodes.map(({ title }: { title: string }) => title).join('');
    },
  };
}

export type Moving = Awaited<ReturnType<typeof movingOf>>;
