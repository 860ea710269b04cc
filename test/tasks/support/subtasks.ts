import { expect } from '@jest/globals';
import type { TaskView } from '../../support/api.ts';
import type { TestApp } from '../../support/app.ts';
import { asked, tasksOf } from './graphql-tasks.ts';

export const DEPTH = 5;

/** Tasks that are part of others, as one user has them. */
export function subtasksOf(app: TestApp, user: string) {
  const tasks = tasksOf(app);
  return {
    /** Each a part of the one before. */
    async chain(length: number, parentId: string | null = null): Promise<TaskView[]> {
      const made: TaskView[] = [];
      for (let level = 0; level < length; level++) {
        made.push(await tasks.create(user, { title: `Level ${level + 1}`, parentId: made.at(-1)?.id ?? parentId }));
      }
      return made;
    },
    parentOf: async (id: string) => (await tasks.get(user, id)).parentId,
    async relationsOf(id: string, first = 20) {
      const query = `query ($id: ID!, $first: Int!) {
        task(id: $id) { parent { id } subtaskCounts { total completed open } subtasks(first: $first) { id } }
      }`;
      const { parent, subtaskCounts, subtasks } = (await asked(app, user, query, { id, first })).task;
      return { parent: parent?.id ?? null, counts: subtaskCounts, subtasks: subtasks.map((task: TaskView) => task.id) };
    },
    /** What must hold of the tasks of a user, whatever was done at once. */
    async expectTree(): Promise<void> {
      const rows = await app.owner<{ id: string; parent_id: string | null }>(
        'select id, parent_id from tasks where user_id = $1 and deleted_at is null',
        [user],
      );
      const parents = new Map(rows.map((row) => [row.id, row.parent_id]));
      for (const { id } of rows) {
        let depth = 0;
        for (let at: string | null | undefined = id; at; at = parents.get(at)) {
          depth += 1;
          expect(parents.has(at)).toBe(true);
          expect(depth).toBeLessThanOrEqual(DEPTH);
        }
      }
    },
  };
}

export type Subtasks = ReturnType<typeof subtasksOf>;
