import { v7 as uuidv7 } from 'uuid';
import { NEWEST_FIRST } from '../../src/tasks/task.order.ts';
import type { TaskStore } from '../../src/tasks/task.store.ts';
import type { TaskRow } from '../../src/tasks/task.ts';
import type { Random } from '../random.ts';
import { BUSY_USER, COMMON_WORD, ordinaryUser, SELDOM_WORD } from './rows.ts';

/** Few enough that their rows stay in PostgreSQL's memory in both databases: growth is measured, not the disk. */
const SAMPLED_USERS = 20;
const PAGE = 21;
const DEEP_PLACES = [20_000, 40_000, 60_000, 80_000];

/** What the calls are about: the same users and, up to their ids, the same tasks in both databases. */
export interface Sample {
  ids: ReadonlyMap<string, readonly string[]>;
  deep: readonly TaskRow[];
}

export interface Operation {
  name: string;
  call(store: TaskStore, sample: Sample, random: Random): Promise<unknown>;
}

export async function takeSample(store: TaskStore): Promise<Sample> {
  const users = Array.from({ length: SAMPLED_USERS }, (_, index) => ordinaryUser(index + 1));
  const ids = new Map<string, string[]>();
  for (const user of users)
    ids.set(
      user,
      (await store.slice(user, newest({}, 100))).map(({ id }) => id),
    );
  const deep: TaskRow[] = [];
  for (const offset of DEEP_PLACES) {
    const { rows } = await store.offsetPage(BUSY_USER, { sort: NEWEST_FIRST, criteria: {}, limit: 1, offset });
    deep.push(...rows);
  }
  return { ids, deep };
}

const newest = (criteria: { search?: string }, limit = PAGE, after?: readonly string[]) => ({
  ...{ sort: NEWEST_FIRST, criteria, limit, after, fromEnd: false },
});

const someone = ({ ids }: Sample, random: Random) => random.pick([...ids.keys()]);

function something(sample: Sample, random: Random): [string, string] {
  const user = someone(sample, random);
  return [user, random.pick(sample.ids.get(user) ?? [])];
}

const newTask = (title: string) => ({ id: uuidv7(), title, description: 'Created by the benchmark', completed: false });

export const OPERATIONS: readonly Operation[] = [
  { name: 'list', call: (store, sample, random) => store.slice(someone(sample, random), newest({})) },
  {
    name: 'by id',
    call(store, sample, random) {
      const [user, id] = something(sample, random);
      return store.byIds(user, [id]);
    },
  },
  { name: 'search', call: (store, sample, random) => store.slice(someone(sample, random), newest({ search: 'ver' })) },
  { name: 'search, count', call: (store, sample, random) => store.count(someone(sample, random), { search: 'ver' }) },
  { name: 'list of 100,000', call: (store) => store.slice(BUSY_USER, newest({})) },
  {
    name: 'deep page of 100,000',
    call(store, { deep }, random) {
      const { createdAt, id } = random.pick(deep);
      return store.slice(BUSY_USER, newest({}, PAGE, [createdAt, id]));
    },
  },
  {
    name: 'search of 100,000, common word',
    call: (store) => store.slice(BUSY_USER, newest({ search: COMMON_WORD })),
  },
  {
    name: 'search of 100,000, seldom word',
    call: (store) => store.slice(BUSY_USER, newest({ search: SELDOM_WORD })),
  },
  {
    name: 'create',
    call: (store, sample, random) => store.insert(someone(sample, random), newTask(`Order ${random.below(1e6)}`)),
  },
  {
    name: 'update',
    call(store, sample, random) {
      const [user, id] = something(sample, random);
      const title = `Renamed ${random.below(1e6)}`;
      return store.change(user, id, () => ({ title }));
    },
  },
  {
    name: 'toggle',
    call(store, sample, random) {
      const [user, id] = something(sample, random);
      return store.toggle(user, id);
    },
  },
];
