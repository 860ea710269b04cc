import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { connectTo } from '../../workers/support/connection.ts';

/** milliseconds between two writes */
const PACE = 15;

/** A task after a write of it; `version` 0 when it was deleted. */
interface Write {
  readonly id: string;
  readonly version: number;
}

/** What a client was told of, in part. */
export interface Told {
  readonly task: Write | null;
  readonly deletedTaskId: string | null;
}

interface WrittenTask {
  id: string;
  title: string;
  completed: boolean;
  version: number;
}

/** Writes one thing after the other until it is stopped: a third of its tasks stay, a third are completed later, a third deleted. */
export function startWriter(url: string, user: string) {
  const connection = connectTo(url);
  const writes: Write[] = [];
  const created: string[] = [];
  const watchers = new Set<() => void>();
  let isOver = false;

  async function call(method: string, path: string, body?: unknown) {
    const answer = await connection.rest(user, method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status}`);
    return answer.body;
  }

  function wrote(write: Write): void {
    writes.push(write);
    for (const watch of watchers) watch();
  }

  async function step(number: number): Promise<void> {
    const { id } = await call('POST', '/api/tasks', { title: `Task ${number}` });
    created.push(id);
    wrote({ id, version: 1 });
    const earlier = created[number - 5];
    if (earlier === undefined || number % 3 === 0) return;
    if (number % 3 === 1) {
      const { version } = await call('PATCH', `/api/tasks/${earlier}/toggle`);
      wrote({ id: earlier, version });
    } else {
      await call('DELETE', `/api/tasks/${earlier}`);
      wrote({ id: earlier, version: 0 });
    }
  }

  async function run(): Promise<void> {
    for (let number = 0; !isOver; number++) {
      await step(number);
      await pause(PACE);
    }
  }
  const running = run();

  return {
    /** Resolves when it has written so much. */
    written: (count: number) =>
      new Promise<void>((resolve, reject) => {
        running.catch(reject);
        watchers.add(() => writes.length >= count && resolve());
      }),
    async stop(): Promise<void> {
      isOver = true;
      await running;
    },
    close: connection.close,
    isLast(change: Told): boolean {
      return placeOf(change) === writes.length - 1;
    },
    async list(): Promise<WrittenTask[]> {
      const tasks: WrittenTask[] = [];
      for (let page = 1; ; page++) {
        const { items, total } = await call('GET', `/api/tasks?limit=100&page=${page}`);
        tasks.push(...items);
        if (tasks.length >= total) break;
      }
      return tasks;
    },
    /**
     * The changes are the writes from one of them on, in their order and none twice. Only a write that another one of the same
     * task has followed may be absent: changes are told as they are when they are read.
     */
    expectTold(changes: readonly Told[]): void {
      const told = changes.map(placeOf);
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
      const missing = writes.filter((write, place) => {
        const isFollowed = writes.slice(place + 1).some(({ id }) => id === write.id);
        return place > Number(told[0]) && !told.includes(place) && !isFollowed;
      });
      expect(missing).toEqual([]);
    },
  };

  function placeOf({ task, deletedTaskId }: Told): number {
    const version = task?.version ?? 0;
    return writes.findIndex((write) => write.id === (task?.id ?? deletedTaskId) && write.version === version);
  }
}
