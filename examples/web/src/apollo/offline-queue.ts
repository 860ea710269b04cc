import type { ApolloClient } from '@apollo/client';
import {
  ApplyCommandsDocument,
  type ApplyCommandsMutation,
  type TaskCommandInput,
  type TaskFieldsFragment,
} from '../generated/graphql.ts';
import type { CommandLayers } from './command-layers.ts';
import { PASSING, type Problem, problemOf, problemOfExtensions } from './problem.ts';
import type { QueueStore, WaitingCommand } from './queue-store.ts';
import { putTask, removeTask } from './task-cache.ts';

type Result = ApplyCommandsMutation['applyCommands']['results'][number];

export interface OfflineQueueOptions {
  readonly client: ApolloClient;
  readonly layers: CommandLayers;
  readonly store: QueueStore;
  /** sends a command once more as the mutation that it was sent as, under the same idempotency key */
  readonly repeat: (command: TaskCommandInput) => Promise<Repeated>;
  /** hears of each command that the server refused; it is in the queue no more */
  readonly onRefused: (refusal: Refusal) => void;
  /** hears of each batch that the server has answered */
  readonly onAnswered: () => void;
}

interface Repeated {
  readonly task?: TaskFieldsFragment;
  readonly deletedTaskId?: string;
}

/** A command that was not carried out, and will not be. */
export interface Refusal {
  readonly command: TaskCommandInput;
  readonly problem: Problem;
  /** as it is now, where it is known */
  readonly task?: TaskFieldsFragment | undefined;
}

/** The server takes so many commands at once. */
const BATCH = 100;
/** milliseconds between attempts as long as the server is away */
const RETRY_INTERVAL = 10_000;

/**
 * What was done without the server: commands under UUIDs of this device, kept on the device and shown in the cache until
 * `applyCommands` has answered for each. Sent again they are not done again, so no answer is no danger. Take it with
 * command-layers.ts and queue-store.ts; call `start` when somebody is signed in.
 */
export class OfflineQueue {
  readonly #options: OfflineQueueOptions;
  readonly #listeners = new Set<() => void>();
  #waiting: readonly WaitingCommand[] = [];
  #flushing: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStarted = false;

  constructor(options: OfflineQueueOptions) {
    this.#options = options;
  }

  /** Shows what waits from the last time, and sends it. Returns what stops it. */
  start(): () => void {
    this.#isStarted = true;
    const flush = () => void this.flush();
    window.addEventListener('online', flush);
    void this.#reload().then(flush);
    return () => {
      this.#isStarted = false;
      window.removeEventListener('online', flush);
      clearTimeout(this.#timer);
      for (const { id } of this.#waiting) this.#options.layers.hide(id);
    };
  }

  /** Whether a change has to queue as well, because earlier ones wait or nothing would arrive. */
  get isHolding(): boolean {
    return this.#waiting.length > 0 || !navigator.onLine;
  }

  readonly count = (): number => this.#waiting.length;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async add(added: WaitingCommand): Promise<void> {
    // What was sent already stays to the letter what it was.
    const earlier = added.wasSent ? undefined : this.#lastOf(subjectOf(added));
    const command = earlier ? asLater(added, earlier, this.#flushing === undefined) : added;
    this.#options.layers.show(command);
    await this.#options.store.add(command);
    // Not before it is stored: what is read from the store meanwhile would lack it.
    if (!this.#waiting.some(({ id }) => id === command.id)) this.#set([...this.#waiting, command]);
    if (earlier && isGuarded(command)) await this.#forget(earlier.id);
    // One that is about to end may not see it any more.
    void Promise.resolve(this.#flushing).then(() => this.flush());
  }

  #lastOf(taskId: string | null | undefined): WaitingCommand | undefined {
    return this.#waiting.findLast((command) => subjectOf(command) === taskId);
  }

  /** Sends what waits, in order, until nothing does or the server is away. What comes after `start` was undone waits. */
  async flush(): Promise<void> {
    if (!this.#isStarted) return;
    this.#flushing ??= this.#send().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    // Of several tabs one at a time, so that the order holds.
    await navigator.locks.request('offline queue', async () => {
      await this.#reload();
      while (this.#isStarted && this.#waiting.length > 0 && navigator.onLine) {
        const problem = await this.#sendNext();
        if (problem === undefined) continue;
        if (!this.#isStarted) return;
        this.#timer = setTimeout(() => void this.flush(), (problem.retryAfter ?? 0) * 1000 || RETRY_INTERVAL);
        return;
      }
    });
  }

  async #sendNext(): Promise<Problem | undefined> {
    const [first] = this.#waiting;
    if (first?.wasSent) return this.#repeat(first);
    const end = this.#waiting.findIndex(({ wasSent }) => wasSent);
    return this.#sendBatch(this.#waiting.slice(0, end < 0 ? BATCH : Math.min(end, BATCH)));
  }

  /** As a command it would be done a second time: the server remembers a mutation by its key, and commands by theirs. */
  async #repeat({ wasSent: _, ...command }: WaitingCommand): Promise<Problem | undefined> {
    const { client, repeat, onAnswered } = this.#options;
    try {
      const { task, deletedTaskId } = await repeat(command);
      client.cache.batch({
        update(cache) {
          if (task) putTask(cache, task);
          if (deletedTaskId) removeTask(cache, deletedTaskId);
        },
      });
      await this.#forget(command.id);
      onAnswered();
      return undefined;
    } catch (error) {
      const problem = problemOf(error);
      if (PASSING.includes(problem.code)) return problem;
      await this.#drop([command], problem);
      return undefined;
    }
  }

  async #sendBatch(commands: readonly TaskCommandInput[]): Promise<Problem | undefined> {
    try {
      const { data } = await this.#options.client.mutate({
        mutation: ApplyCommandsDocument,
        variables: { commands },
        // The tasks are taken over by their versions.
        fetchPolicy: 'no-cache',
      });
      if (!data) throw new Error('The answer has no data');
      await this.#take(commands, data.applyCommands.results);
      return undefined;
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code !== 'BAD_USER_INPUT' && problem.code !== 'PAYLOAD_TOO_LARGE') return problem;
      // A batch that cannot be taken is split, down to the command that is at fault.
      if (commands.length > 1) return this.#sendBatch(commands.slice(0, Math.ceil(commands.length / 2)));
      await this.#drop(commands, problem);
      return undefined;
    }
  }

  async #drop([command]: readonly TaskCommandInput[], problem: Problem): Promise<void> {
    if (!command) return;
    await this.#forget(command.id);
    this.#options.onRefused({ command, problem });
  }

  async #forget(commandId: string): Promise<void> {
    await this.#options.store.remove([commandId]);
    this.#options.layers.hide(commandId);
    this.#set(this.#waiting.filter(({ id }) => id !== commandId));
  }

  async #take(commands: readonly TaskCommandInput[], results: readonly Result[]): Promise<void> {
    const { client, layers, store, onAnswered } = this.#options;
    const done = new Set(results.map(({ id }) => id));
    await store.remove([...done]);
    client.cache.batch({
      update: (cache) => {
        for (const { task, deletedTaskId } of results) {
          if (task) putTask(cache, task);
          if (deletedTaskId) removeTask(cache, deletedTaskId);
        }
      },
    });
    for (const id of done) layers.hide(id);
    this.#set(this.#waiting.filter(({ id }) => !done.has(id)));
    for (const command of commands)
      this.#judge(
        command,
        results.find(({ id }) => id === command.id),
      );
    onAnswered();
  }

  #judge(command: TaskCommandInput, result: Result | undefined): void {
    if (!result?.error) return;
    const problem = problemOfExtensions({ ...result.error }, result.error.message);
    // What was to be deleted is gone: that is what was wanted.
    if (command.delete && problem.code === 'NOT_FOUND') return;
    this.#options.onRefused({ command, problem, task: result.task ?? undefined });
  }

  /** What the store has: another tab may have added or sent some. */
  async #reload(): Promise<void> {
    const stored = await this.#options.store.load();
    for (const { id } of this.#waiting) if (!stored.some((command) => command.id === id)) this.#options.layers.hide(id);
    for (const command of stored) {
      if (!this.#waiting.some(({ id }) => id === command.id)) this.#options.layers.show(command);
    }
    this.#set(stored);
  }

  #set(commands: readonly TaskCommandInput[]): void {
    this.#waiting = commands;
    for (const listener of this.#listeners) listener();
  }
}

/**
 * An earlier command of the same task changes the version that a later one expects. Two guarded changes become one, as
 * long as none is on its way: were the first refused for what somebody else wrote, the second would write over it. Any
 * other loses its guard, since what is behind it is its own.
 */
function asLater(command: TaskCommandInput, earlier: WaitingCommand, isAtRest: boolean): TaskCommandInput {
  const { id, update } = command;
  if (!update || update.expectedVersion == null) return command;
  const { id: taskId, input } = update;
  if (!isAtRest || earlier.wasSent || !isGuarded(earlier)) return { id, update: { id: taskId, input } };
  return { id, update: { ...earlier.update, id: taskId, input: { ...earlier.update?.input, ...input } } };
}

function isGuarded({ update }: TaskCommandInput): boolean {
  return update?.expectedVersion != null;
}

function subjectOf({ create, update, toggle, move, delete: deletion }: TaskCommandInput): string | null | undefined {
  return (create ?? update ?? toggle ?? move ?? deletion)?.id;
}
