import { v5 as uuidv5 } from 'uuid';
import type { Actor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { UserService } from '../users/user.service.ts';
import type { ListedTask } from './task-list.reader.ts';

/** Every imported task's id comes from this and the user's salt: others would make every list new. */
const NAMESPACE = '5f1a8e0c-6d0b-4a51-9c1e-2f7f3b9d4e68';

export interface ImportService {
  /**
   * Makes the tasks, all or none, oldest first, and answers how many are new. A task is known by its owner, its title and how
   * many of that title came before it: importing a list again adds what was appended, and what the user deleted stays so.
   * Nobody else can tell the ids from the titles.
   * @throws UnauthenticatedError when the account was erased
   */
  add(actor: Actor, list: readonly ListedTask[], progress?: (done: number) => void): Promise<number>;
}

export interface ImportServiceDependencies {
  tasks: TaskService;
  users: UserService;
  clock: Clock;
}

export function createImportService({ tasks, users, clock }: ImportServiceDependencies): ImportService {
  return {
    async add(actor, list, progress) {
      const idOf = createIds(await users.importSalt(actor));
      // A millisecond apart, so that the order by creation is that of the list.
      const first = clock.now() - list.length + 1;
      const missing = list.map(({ title, completed }, index) => ({
        id: idOf(title),
        title,
        description: null,
        completed,
        createdAt: new Date(first + index),
      }));
      return tasks.addMissing(actor, missing, progress);
    },
  };
}

/** The id of the next task of a title: the same in every import of the same list. */
function createIds(salt: string): (title: string) => string {
  const counts = new Map<string, number>();
  return (title) => {
    const count = (counts.get(title) ?? 0) + 1;
    counts.set(title, count);
    return uuidv5(JSON.stringify([salt, title, count]), NAMESPACE);
  };
}
