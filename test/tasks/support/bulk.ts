import type { TestApp } from '../../support/app.ts';
import { newUser, type StoredTask, storeTasks } from '../../support/factories.ts';
import { asking } from './operations.ts';

/** What tests of bulk writes ask, and look at, in the name of one user. */
export function bulkOf(app: TestApp, user = newUser()) {
  const own = asking(app, user);
  return {
    ...own,
    user,
    stored: (count: number, task: StoredTask = {}) => storeTasks(app.databaseUrl, user, Array(count).fill(task)),
    async titles(): Promise<string[]> {
      return (await own.ask('tasks')).nodes.map(({ title }: { title: string }) => title).sort();
    },
    /** Everything that is kept of the user, so that nothing can have been written where it stays the same. */
    async everything() {
      const tables = await app.owner<{ name: string }>(
        `select table_name as name from information_schema.columns join information_schema.tables using (table_schema, table_name)
         where table_type = 'BASE TABLE' and table_schema = 'public' and column_name = 'user_id'
         and table_name <> 'audit_events' order by 1`,
      );
      const kept: Record<string, unknown> = {};
      for (const { name } of tables) {
        kept[name] = await app.owner(`select *, xmin from ${name} where user_id = $1 order by 1, 2`, [user]);
      }
      return { ...kept, users: await app.owner('select *, xmin from users where id = $1', [user]) };
    },
  };
}

export type Bulk = ReturnType<typeof bulkOf>;

/** The id of another user's task. */
export async function foreignTask(app: TestApp): Promise<string> {
  return (await storeTasks(app.databaseUrl, newUser(), [{ title: 'theirs' }]))[0]!;
}

export const codesOf = (errors: { index: number; code: string }[]) => errors.map(({ index, code }) => [index, code]);
