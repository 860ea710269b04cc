import { type TaskOrder, taskSort } from '../../../src/tasks/task.order.ts';
import type { TaskView } from '../../support/api.ts';
import { meets, sorted } from '../../support/memory-lists.ts';
import type { Outcome } from './watched-client.ts';

/** What each user must see, kept beside the server: every task with its owner, and the rules in a few lines. */

interface Known {
  owner: string;
  task: TaskView;
  deleted: boolean;
}

/** What an operation must come to: parts of the task that is answered, or the refusal. */
export type Expected =
  | { task: Partial<TaskView> }
  | { deleted: string }
  | { refused: string; version?: number | undefined };

export interface Creation {
  id?: string;
  title: string;
  description: string | null;
  completed: boolean;
}

export type Change = Partial<Pick<TaskView, 'title' | 'description' | 'completed'>>;

export interface Place {
  order: TaskOrder;
  row: TaskView;
}

export function createModel() {
  const tasks = new Map<string, Known>();
  const keys = new Map<string, { asked: string; outcome: Outcome }>();

  /** The own task, or why there is none to see. */
  function own(user: string, id: string): Known | { refused: string } {
    const known = tasks.get(id);
    if (!known || known.deleted) return { refused: 'NOT_FOUND' };
    return known.owner === user ? known : { refused: 'FORBIDDEN' };
  }

  const all = (user: string) =>
    [...tasks.values()].filter((known) => known.owner === user && !known.deleted).map(({ task }) => task);

  function create(user: string, input: Creation): Expected {
    const { id, ...fields } = input;
    const known = id === undefined ? undefined : tasks.get(id);
    if (!known) return { task: { ...fields, ...(id === undefined ? {} : { id }), version: 1 } };
    if (known.owner !== user || known.deleted) return { refused: 'CONFLICT' };
    const { title, description, completed } = known.task;
    const isSame = JSON.stringify([title, description, completed]) === JSON.stringify(Object.values(fields));
    return isSame ? { task: known.task } : { refused: 'CONFLICT', version: known.task.version };
  }

  return {
    ids: () => [...tasks.keys()],
    /** Takes over what was answered to `user` about a task of theirs. */
    keep: (user: string, task: TaskView) => void tasks.set(task.id, { owner: user, task, deleted: false }),
    forget(id: string): void {
      const known = tasks.get(id);
      if (known) known.deleted = true;
    },
    create,

    /** What a key that was used before makes of a request: the answer of that time, or a refusal. */
    underKey(user: string, key: string, asked: string): Outcome | undefined {
      const known = keys.get(`${user} ${key}`);
      if (!known) return undefined;
      return known.asked === asked ? known.outcome : { refused: 'CONFLICT', version: undefined };
    },
    bindKey: (user: string, key: string, asked: string, outcome: Outcome) =>
      void keys.set(`${user} ${key}`, { asked, outcome }),

    get(user: string, id: string): Expected {
      const known = own(user, id);
      return 'refused' in known ? known : { task: known.task };
    },
    change(user: string, id: string, change: Change, version: number | undefined): Expected {
      const known = own(user, id);
      if ('refused' in known) return known;
      const { task } = known;
      if (version !== undefined && version !== task.version) return { refused: 'CONFLICT', version: task.version };
      const changed = { ...task, ...change };
      return JSON.stringify(changed) === JSON.stringify(task)
        ? { task }
        : { task: { ...titled(changed), version: task.version + 1, createdAt: task.createdAt } };
    },
    delete(user: string, id: string, version: number | undefined): Expected {
      const known = own(user, id);
      if ('refused' in known) return known;
      const current = known.task.version;
      return version === undefined || version === current ? { deleted: id } : { refused: 'CONFLICT', version: current };
    },
    toggle(user: string, id: string): Expected {
      const known = own(user, id);
      if ('refused' in known) return known;
      const { version, completed, ...same } = titled(known.task);
      return { task: { ...same, completed: !completed, version: version + 1 } };
    },

    list: (user: string, order: TaskOrder, criteria: { completed?: boolean; search?: string }): TaskView[] => {
      const { completed, search } = criteria;
      const rows = all(user).filter((task) => meets(task, { filter: { completed }, search }));
      return sorted(rows, taskSort([order]));
    },
    /** The own tasks on one side of a place, which may be that of somebody else's task. */
    beside(user: string, { order, row }: Place, side: 'after' | 'before'): TaskView[] {
      const rows = side === 'after' ? [...all(user), row] : [row, ...all(user)];
      const list = sorted(rows, taskSort([order]));
      const index = list.indexOf(row);
      return side === 'after' ? list.slice(index + 1) : list.slice(0, index);
    },
    stats(user: string) {
      const rows = all(user);
      const completed = rows.filter((task) => task.completed).length;
      return { total: rows.length, completed, open: rows.length - completed };
    },
  };
}
export type Model = ReturnType<typeof createModel>;

function titled({ id, title, description, completed, version }: TaskView) {
  return { id, title, description, completed, version };
}
