import type { TaskStore } from './task.store.ts';

/**
 * The same store, which calls `changed` with the user's id after each write: after its commit, since whoever hears of it
 * looks at once. What a transaction does within itself is not told before its end.
 */
export function announceWrites(store: TaskStore, changed: (userId: string) => void): TaskStore {
  async function announced<Answer>(userId: string, write: Promise<Answer>): Promise<Answer> {
    const answer = await write;
    changed(userId);
    return answer;
  }

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
