import { announcing } from '../core/change-hints.ts';
import type { TaskStore } from './task.store.ts';

/** The same store, which calls `changed` with the user's id after each write. */
export function announceWrites(store: TaskStore, changed: (userId: string) => void): TaskStore {
  const announced = announcing(changed);
  return {
    ...store,
    insert: (userId, ...asked) => announced(userId, store.insert(userId, ...asked)),
    insertMissing: (userId, ...asked) => announced(userId, store.insertMissing(userId, ...asked)),
    change: (userId, ...asked) => announced(userId, store.change(userId, ...asked)),
    toggle: (userId, ...asked) => announced(userId, store.toggle(userId, ...asked)),
    move: (userId, ...asked) => announced(userId, store.move(userId, ...asked)),
    restore: (userId, ...asked) => announced(userId, store.restore(userId, ...asked)),
    purge: (userId, ...asked) => announced(userId, store.purge(userId, ...asked)),
    undo: (userId, ...asked) => announced(userId, store.undo(userId, ...asked)),
    once: (userId, ...asked) => announced(userId, store.once(userId, ...asked)),
    applyCommands: (userId, ...asked) => announced(userId, store.applyCommands(userId, ...asked)),
  };
}
