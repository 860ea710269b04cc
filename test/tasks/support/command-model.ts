import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { creation, deletion, type SentCommand, toggle, update } from './commands.ts';

/** What commands must come to, in a few lines beside the server. */

const task = fc.nat({ max: 4 });
const title = fc.constantFrom('a', 'b', '');
const version = fc.constantFrom(undefined, undefined, 1, 2);
/** Few names, so that some are used for two commands. */
const name = fc.nat({ max: 11 });

/** A command before it has ids: `name` and `task` are places in lists of them. */
export const wish = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('create' as const), name, task, title }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('update' as const), name, task, title, version }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('toggle' as const), name, task }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), name, task, version }) },
);
export type Wish = typeof wish extends fc.Arbitrary<infer Value> ? Value : never;

interface Known {
  id: string;
  title: string;
  completed: boolean;
  version: number;
}

interface Told {
  status: 'APPLIED' | 'REPLAYED' | 'FAILED' | 'NOT_APPLIED';
  task: Known | null;
  deleted: string | null;
  error: { code: string; version: number | undefined } | null;
}

/** What there is of one user: tasks, tombstones, and the commands that were applied. */
interface State {
  tasks: Map<string, Known>;
  deleted: Set<string>;
  applied: Map<number, string>;
}

export interface Device {
  commandsOf(wishes: readonly Wish[]): SentCommand[];
  /** The results of a batch, which the model has behind it then. */
  apply(wishes: readonly Wish[], atomic: boolean): Told[];
  tasks(): Known[];
}

/** A first try of a command: what it comes to but for what is told of the task at the end. */
type Tried = Partial<Omit<Told, 'status'>> & { status: Told['status']; shows?: string };

/** Two users, each with a device, who name commands and tasks by the same ids. */
export function isolated(taskIds: readonly string[]): Device[] {
  const names = Array.from({ length: 12 }, () => randomUUID());
  const states: State[] = [0, 1].map(() => ({ tasks: new Map(), deleted: new Set(), applied: new Map() }));
  return states.map((_, own) => device(own));

  function device(own: number): Device {
    const other = 1 - own;
    const idOf = (wish: Wish) => taskIds[wish.task]!;
    return {
      tasks: () => [...states[own]!.tasks.values()],
      commandsOf: (wishes) => wishes.map((one) => commandOf(one, idOf(one), names[one.name]!)),
      apply(wishes, atomic) {
        const before = states[own]!;
        states[own] = copied(before);
        const tried: Tried[] = [];
        for (const wish of wishes) {
          const outcome = attempt(states[own]!, wish, idOf(wish));
          tried.push(outcome);
          if (atomic && outcome.status === 'FAILED') break;
        }
        if (!atomic || tried.every(({ status }) => status !== 'FAILED')) return tried.map(tell);
        states[own] = before;
        return wishes.map((wish, index) => {
          const outcome = tried[index];
          return tell(outcome?.status === 'FAILED' ? outcome : (replay(before, wish) ?? { status: 'NOT_APPLIED' }));
        });
      },
    };

    function tell({ shows, ...told }: Tried): Told {
      const current = shows === undefined ? undefined : states[own]!.tasks.get(shows);
      const error = told.error && shows !== undefined ? { ...told.error, version: current?.version } : told.error;
      return { task: current ?? null, deleted: null, ...told, error: error ?? null };
    }

    function attempt(state: State, wish: Wish, id: string): Tried {
      if ((wish.kind === 'create' || wish.kind === 'update') && wish.title === '') return failed('BAD_USER_INPUT');
      const known = replay(state, wish);
      if (known) return known;
      if (state.applied.has(wish.name)) return failed('CONFLICT');
      const outcome = wish.kind === 'create' ? create(state, wish.title, id) : write(state, wish, id);
      if (outcome.status === 'APPLIED') state.applied.set(wish.name, fingerprint(wish));
      return outcome;
    }

    function replay(state: State, wish: Wish): Tried | undefined {
      if (state.applied.get(wish.name) !== fingerprint(wish)) return undefined;
      return wish.kind === 'delete'
        ? { status: 'REPLAYED', deleted: idOf(wish) }
        : { status: 'REPLAYED', shows: idOf(wish) };
    }

    function create(state: State, wanted: string, id: string): Tried {
      const existing = state.tasks.get(id);
      if (existing?.title === wanted && !existing.completed) return { status: 'APPLIED', task: { ...existing } };
      if (existing) return { ...failed('CONFLICT'), shows: id };
      if (state.deleted.has(id) || states[other]!.tasks.has(id) || states[other]!.deleted.has(id)) {
        return failed('CONFLICT');
      }
      const made = { id, title: wanted, completed: false, version: 1 };
      state.tasks.set(id, made);
      return { status: 'APPLIED', task: { ...made } };
    }

    function write(state: State, wish: Exclude<Wish, { kind: 'create' }>, id: string): Tried {
      const known = state.tasks.get(id);
      if (!known) return failed(states[other]!.tasks.has(id) ? 'FORBIDDEN' : 'NOT_FOUND');
      if (wish.kind !== 'toggle' && wish.version !== undefined && wish.version !== known.version) {
        return { ...failed('CONFLICT'), shows: id };
      }
      if (wish.kind === 'delete') {
        state.tasks.delete(id);
        state.deleted.add(id);
        return { status: 'APPLIED', deleted: id };
      }
      const changed =
        wish.kind === 'toggle' ? { ...known, completed: !known.completed } : { ...known, title: wish.title };
      const isChange = changed.title !== known.title || changed.completed !== known.completed;
      const task = { ...changed, version: known.version + (isChange ? 1 : 0) };
      state.tasks.set(id, task);
      return { status: 'APPLIED', task: { ...task } };
    }
  }
}

function failed(code: string): Tried {
  return { status: 'FAILED', error: { code, version: undefined } };
}

function copied({ tasks, deleted, applied }: State): State {
  return { tasks: new Map(tasks), deleted: new Set(deleted), applied: new Map(applied) };
}

const fingerprint = ({ name: _name, ...wish }: Wish) => JSON.stringify(wish, Object.keys(wish).sort());

function commandOf(wish: Wish, id: string, name: string): SentCommand {
  switch (wish.kind) {
    case 'create':
      return creation({ id, title: wish.title }, name);
    case 'update':
      return update(id, { title: wish.title }, wish.version, name);
    case 'toggle':
      return toggle(id, name);
    case 'delete':
      return deletion(id, wish.version, name);
  }
}
