import type { TestApp } from '../../support/app.ts';
import { newUser } from '../../support/factories.ts';
import { asking } from './operations.ts';

/** What tests of undo make, and look at, in the name of one user. */
export function undoingOf(app: TestApp, user = newUser()) {
  const own = asking(app, user);
  return {
    ...own,
    user,
    async create(input: Record<string, unknown> = {}): Promise<string> {
      return (await own.ask('createTask', { input: { title: 't', ...input } })).task.id;
    },
    async createLabel(kind: 'Tag' | 'List', name: string): Promise<string> {
      return (await own.ask(`create${kind}`, { input: { name } }))[kind.toLowerCase()].id;
    },
    /** Everything that is kept of the user's tasks, but for what each change makes anew. */
    state: () =>
      app.owner(
        `select id, title, description, completed, priority, due_date::text, due_at, due_time_zone, due_sort, recurrence,
           recurrence_basis, tag_ids, list_id, parent_id, rank, deleted_at, purged_at,
           array(select tag_id from task_tags where task_id = tasks.id order by tag_id) as tagged
         from tasks where user_id = $1 order by id`,
        [user],
      ),
    /** Ids in the user's own order. */
    async order(): Promise<string[]> {
      const orderBy = [{ field: 'POSITION', direction: 'ASC' }];
      return (await own.ask('tasks', { first: 100, orderBy })).nodes.map(({ id }: { id: string }) => id);
    },
  };
}

export type Undoing = ReturnType<typeof undoingOf>;
