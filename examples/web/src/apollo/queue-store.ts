import { get, update } from 'idb-keyval';
import type { TaskCommandInput } from '../generated/graphql.ts';

/** `wasSent` as a mutation whose answer did not come: whether it was carried out is not known. */
export type WaitingCommand = TaskCommandInput & { readonly wasSent?: boolean };

/** Where commands wait that the server has not answered yet, in the order in which they were given. */
export interface QueueStore {
  load(): Promise<readonly WaitingCommand[]>;
  add(command: WaitingCommand): Promise<void>;
  remove(commandIds: readonly string[]): Promise<void>;
}

/**
 * In IndexedDB, where they survive reloads and restarts, and tabs share them. One queue for each user: what one has left
 * behind must not be done as another.
 */
export function createQueueStore(userId: string): QueueStore {
  const key = `commands of ${userId}`;
  const change = (to: (commands: readonly WaitingCommand[]) => readonly WaitingCommand[]) =>
    update<readonly WaitingCommand[]>(key, (commands = []) => to(commands));
  return {
    load: async () => (await get<readonly WaitingCommand[]>(key)) ?? [],
    add: (command) => change((commands) => [...commands, command]),
    remove: (ids) => change((commands) => commands.filter(({ id }) => !ids.includes(id))),
  };
}
