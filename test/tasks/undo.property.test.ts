import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { openTestDatabase } from '../support/open-test-database.ts';
import { type Asking, asking } from './support/operations.ts';
import { aChange, type Change, requestOf } from './support/random-changes.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let app: TestApp;
beforeAll(async () => {
  database = await openTestDatabase();
  app = await startTestApp({ beside: { databaseUrl: database.url } });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

const TASKS = 8;

interface Kept {
  id: string;
  deleted: boolean;
  task: object | null;
  tags: string[];
  occurrences: string[];
}

/** What is kept of the user's tasks, but for what each change makes anew; of those that are not there only that. */
async function state(user: string): Promise<Kept[]> {
  return database.owner<Kept>(
    `select id, deleted_at is not null as deleted, case when deleted_at is null then to_jsonb(tasks) - '{version,
       updated_at,completed_at,rev,search}'::text[] end as task,
       array(select tag_id from task_tags where task_id = tasks.id and deleted_at is null order by tag_id) as tags,
       array(
         select coalesce(due_date::text, due_at::text) from task_occurrences
         where task_id = tasks.id and undone_by is null order by version
       ) as occurrences
     from tasks where user_id = $1 order by id`,
    [user],
  );
}

/** Tasks that there were not before are there as deleted ones afterwards, and nothing else is left of them. */
function known(rows: readonly Kept[], before: readonly Kept[]): Kept[] {
  const ids = new Set(before.map(({ id }) => id));
  for (const { id, deleted } of rows) expect(deleted || ids.has(id)).toBe(true);
  return rows.filter(({ id }) => ids.has(id));
}

async function prepare(own: Asking, user: string) {
  const labels = async (kind: 'Tag' | 'List') => {
    const made = await Promise.all(['a', 'b'].map((name) => own.ask(`create${kind}`, { input: { name } })));
    return made.map((payload) => payload[kind.toLowerCase()].id as string);
  };
  const ids = await storeTasks(app.databaseUrl, user, Array(TASKS).fill({}));
  return { ids, tags: await labels('Tag'), lists: await labels('List') };
}

it('undo right after a change restores what was there before, and undo of that does it again', async () => {
  const steps = fc.array(fc.record({ change: aChange, backAndForth: fc.nat({ max: 3 }) }), {
    minLength: 1,
    maxLength: 20,
  });
  const property = fc.asyncProperty(steps, async (sequence) => {
    const user = newUser();
    const own = asking(app, user);
    const world = await prepare(own, user);
    for (const { change, backAndForth } of sequence) await perform(own, user, world, change, backAndForth);
  });
  await fc.assert(property, { numRuns: 40 });
}, 450_000);

async function perform(
  own: Asking,
  user: string,
  world: Awaited<ReturnType<typeof prepare>>,
  change: Change,
  backAndForth: number,
): Promise<void> {
  const before = await state(user);
  const [name, given] = requestOf(change, world);
  const { result, refusal } = await own.told(name, given);
  expect([undefined, 'BAD_USER_INPUT', 'NOT_FOUND']).toContain(refusal?.code);
  const after = await state(user);
  let token: string | null = result?.undoToken ?? null;
  if (token === null) {
    expect(after).toEqual(before);
    return;
  }
  for (let turn = 0; turn < backAndForth; turn++) {
    token = (await own.ask('undo', { token })).undoToken as string;
    const [now, expected] = [await state(user), turn % 2 === 0 ? before : after];
    expect(known(now, expected)).toEqual(expected);
  }
}
