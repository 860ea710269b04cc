import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import { AppError } from '../../src/core/errors.ts';
import { Retries } from '../../src/db/retries.ts';
import { RetryBudget } from '../../src/db/retry-budget.ts';
import { positionOf } from '../../src/tasks/task.position.ts';
import { type Change, undoTokenOf } from '../../src/tasks/undo.token.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';

/** All that writes of one user can do at once: nothing stands still, nothing is lost, and nothing is refused but for a reason. */

/** milliseconds of a mix */
const SPAN = 8000;
const AT_ONCE = 8;
/** What a write may be refused for: the task is gone, another one was quicker, a place is no longer there. */
const REASONS = ['NOT_FOUND', 'CONFLICT', 'BAD_USER_INPUT'];

let services: TestServices;
let repetitions = 0;

beforeAll(async () => {
  const wait = async () => {
    repetitions += 1;
  };
  const retries = new Retries({ budget: new RetryBudget({ share: 1, maximum: 1000 }), random: Math.random, wait });
  services = await startTestServices({}, { retries });
});
afterAll(() => services.close());

const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(Math.random() * values.length)]!;

interface World {
  actor: Actor;
  ids: string[];
  /** of tasks whose parts are written all the time */
  parents: string[];
  tags: string[];
  lists: string[];
  undoable: Change[];
  /** titles that were written, each once, with their tasks */
  written: [id: string, title: string][];
}

async function world(): Promise<World> {
  const actor = await services.actor();
  const label = async (kind: 'tags' | 'lists') =>
    (await services.labels.create(actor, kind, { name: randomUUID() })).id;
  const [tags, lists] = [
    await Promise.all([label('tags'), label('tags')]),
    await Promise.all([label('lists'), label('lists')]),
  ];
  const ids: string[] = [];
  const parents: string[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const { id } = await services.tasks.create(actor, { title: 'parent', listId: pick(lists) });
    parents.push(id);
    for (let part = 0; part < 4; part++) {
      ids.push((await services.tasks.create(actor, { title: 'part', parentId: id, tagIds: [pick(tags)] })).id);
    }
  }
  return { actor, ids, parents, tags, lists, undoable: [], written: [] };
}

type Write = (world: World) => Promise<unknown>;

const some = (ids: readonly string[]) => [...new Set([pick(ids), pick(ids), pick(ids), pick(ids)])];

const WRITES: Record<string, Write> = {
  async update({ actor, ids, undoable, tags, lists }) {
    const changes = [{ addTags: [pick(tags)] }, { removeTags: [pick(tags)] }, { listId: pick([null, ...lists]) }];
    undoable.push(await services.tasks.update(actor, pick(ids), pick(changes)));
  },
  async rename({ actor, ids, written }) {
    const [id, title] = [pick(ids), randomUUID()];
    await services.tasks.update(actor, id, { title });
    written.push([id, title]);
  },
  toggle: ({ actor, ids }) => services.tasks.toggle(actor, pick(ids)),
  move: ({ actor, ids }) => services.tasks.move(actor, pick(ids), { after: pick(ids) }),
  async create({ actor, ids, parents, tags, lists }) {
    const input = { title: 'new', parentId: pick(parents), tagIds: [pick(tags)], listId: pick(lists) };
    ids.push((await services.tasks.create(actor, input)).id);
  },
  'keyed update': ({ actor, ids }) =>
    services.tasks.update(
      actor,
      pick(ids),
      { description: randomUUID() },
      { key: { value: randomUUID(), name: 'key' } },
    ),
  // A subtree goes and comes back.
  async 'delete and restore'({ actor, parents }) {
    const id = pick(parents);
    await services.tasks.delete(actor, id);
    await services.trash.restore(actor, id);
  },
  async 'delete and undo'({ actor, parents }) {
    const deleted = await services.tasks.delete(actor, pick(parents));
    await services.history.undo(actor, { token: undoTokenOf([deleted])! });
  },
  undo: ({ actor, undoable }) => {
    const change = undoable.pop();
    return change ? services.history.undo(actor, { token: undoTokenOf([change])! }) : Promise.resolve();
  },
  async 'many renamed'({ actor, ids, written }) {
    const title = randomUUID();
    const { tasks } = await services.bulk.update(actor, { ids: some(ids), set: { title } });
    written.push(...tasks.map(({ id }) => [id, title] as [string, string]));
  },
  'updates by filter': ({ actor, lists }) =>
    services.bulk.update(actor, { filter: { listIn: [pick(lists)] }, set: { priority: pick(['LOW', 'HIGH']) } }),
  async 'many deletions'({ actor, ids, parents }) {
    const outcome = await services.bulk.delete(actor, { ids: some([...ids, ...parents]) });
    if (outcome.errors.length === 0) await services.history.undo(actor, { token: undoTokenOf(outcome.tasks)! });
  },
  async 'many creations'({ actor, parents, ids }) {
    const inputs = [1, 2, 3].map(() => ({ title: 'many', parentId: pick(parents) }));
    ids.push(...(await services.bulk.create(actor, { inputs })).tasks.map(({ id }) => id));
  },
  batch: ({ actor, ids, parents }) =>
    services.tasks.applyCommands(actor, {
      commands: [
        { id: randomUUID(), update: { id: pick(ids), input: { title: randomUUID() } } },
        { id: randomUUID(), move: { id: pick(ids), before: pick(ids) } },
        { id: randomUUID(), toggle: { id: pick(ids) } },
        { id: randomUUID(), create: { title: 'batch', parentId: pick(parents) } },
        { id: randomUUID(), delete: { id: pick(ids) } },
      ],
    }),
  'a tag goes': (here) => labelGoes(here, 'tags'),
  'a list goes': (here) => labelGoes(here, 'lists'),
  async 'a label is renamed'({ actor, tags, lists }) {
    await services.labels.update(actor, 'tags', pick(tags), { name: randomUUID() });
    await services.labels.update(actor, 'lists', pick(lists), { name: randomUUID() });
  },
  async purge({ actor, ids }) {
    const id = pick(ids);
    await services.tasks.delete(actor, id);
    await services.trash.purge(actor, id);
  },
};

async function labelGoes({ actor, ...labels }: World, kind: 'tags' | 'lists') {
  const { id } = await services.labels.create(actor, kind, { name: randomUUID() });
  const [gone] = labels[kind].splice(0, 1, id);
  if (gone) await services.labels.delete(actor, kind, gone);
}

/** Whatever of the kinds comes to hand, over and over; answers how often each was done and what they were refused for. */
async function mix(here: World, kinds: string[], span = SPAN) {
  const done: Record<string, number> = {};
  const refused: string[] = [];
  const end = performance.now() + span;
  async function work() {
    while (performance.now() < end) {
      const kind = pick(kinds);
      try {
        await WRITES[kind]!(here);
        done[kind] = (done[kind] ?? 0) + 1;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        refused.push(error.code);
        if (!REASONS.includes(error.code)) throw new Error(`${kind}: ${error.message}`, { cause: error });
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { done, refused };
}

/** What holds whatever was done. */
async function expectWhole({ actor, written }: World): Promise<void> {
  const faults = await services.database.owner(
    `select 'a part of what is gone' as fault, part.id::text from tasks part join tasks whole on whole.id = part.parent_id
     where part.user_id = $1 and part.deleted_at is null and whole.deleted_at is not null
     union all
     select 'tags are not those of the row', id::text from tasks where user_id = $1 and tag_ids <> '{}'
       and (select array_agg(tag_id order by tag_id) from task_tags where task_id = tasks.id)
         is distinct from (select array_agg(tag order by tag) from unnest(tag_ids) tag)
     union all
     select 'a change was lost', tasks.id::text from jsonb_to_recordset($2) as given (id uuid, title text)
     join tasks on tasks.id = given.id
     where tasks.purged_at is null and not exists (
       select from task_changes where task_id = tasks.id and changes -> 'title' ->> 1 = given.title
     )
     union all
     select 'a change without a version', id::text from tasks where user_id = $1 and purged_at is null
       and version < (select max(task_changes.version) from task_changes where task_id = tasks.id)
     union all
     select 'a number of the user twice', rev::text from tasks where user_id = $1 group by rev having count(*) > 1`,
    [actor.userId, JSON.stringify(written.map(([id, title]) => ({ id, title })))],
  );
  expect(faults).toEqual([]);
  const { items, total } = await services.tasks.offsetPage(actor, { page: 1, limit: 100, orderBy: [] });
  expect(new Set(items.map(positionOf)).size).toBe(items.length);
  expect(total).toBeGreaterThanOrEqual(items.length);
}

const SINGLE = ['update', 'rename', 'toggle', 'move', 'create', 'keyed update'];

describe('writes of one user at once', () => {
  it.each([
    ['single writes and subtrees that go and come back', ['delete and restore', 'delete and undo', 'purge']],
    ['single writes and bulk writes', ['many renamed', 'updates by filter', 'many deletions', 'many creations']],
    ['single writes and batches', ['batch', 'undo']],
    ['single writes and labels that go or are renamed', ['a tag goes', 'a list goes', 'a label is renamed']],
  ])(
    '%s never stand in the way of each other',
    async (_name, kinds) => {
      const here = await world();
      repetitions = 0;
      const { done } = await mix(here, [...SINGLE, ...kinds], SPAN / 2);
      await expectWhole(here);
      for (const kind of kinds) expect([kind, done[kind] ?? 0]).not.toEqual([kind, 0]);
      expect(repetitions).toBe(0);
    },
    90_000,
  );

  it('of all kinds lose nothing, and fail for their own reasons only', async () => {
    const here = await world();
    await mix(here, Object.keys(WRITES));
    await expectWhole(here);
  }, 90_000);
});
