import type { EntityManager } from '@mikro-orm/postgresql';
import type { IsolatedDatabase } from '../../src/db/database.ts';
import { once } from '../../src/db/once.ts';
import { inCommandTransaction } from '../../src/tasks/command.store.ts';
import { createTaskStore, type TaskStore } from '../../src/tasks/task.store.ts';

/**
 * The store of tasks as it would be had every query forgotten whose tasks it is about, and had the service no way to
 * find out that a task is somebody else's: what is left between two users is what the database itself refuses.
 */
export function taskStoreWithoutFirstWall(database: IsolatedDatabase): TaskStore {
  return {
    ...createTaskStore(withoutOwners(database)),
    idsOfOthers: async () => [],
    once: (userId, request, work) =>
      once(database, userId, request, (within, taskId) => work(taskStoreWithoutFirstWall(within), taskId)),
    applyCommands: (userId, commands, work) =>
      inCommandTransaction(withoutOwners(database), userId, commands, taskStoreWithoutFirstWall, work),
  };
}

/** Stands where the owner's condition stood, so that the parameter is still used. */
const NO_CONDITION = '$1::text is not null';

function withoutOwners(database: IsolatedDatabase): IsolatedDatabase {
  return {
    as(userId) {
      const user = database.as(userId);
      return {
        query: (text, values, options) => user.query(text.replaceAll('user_id = $1', NO_CONDITION), values, options),
        unitOfWork: (work) => user.unitOfWork((manager) => work(withoutOwner(manager))),
        transaction: (work, options) => user.transaction((manager) => work(withoutOwner(manager)), options),
      };
    },
    asServer: () => database.asServer(),
  };
}

const FINDERS = new Set<PropertyKey>(['find', 'findOne']);

function withoutOwner(manager: EntityManager): EntityManager {
  return new Proxy(manager, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (!FINDERS.has(name)) return member.bind(target);
      return (entity: unknown, where: object, options: unknown) =>
        member.call(target, entity, { ...where, userId: { $ne: null } }, options);
    },
  });
}
