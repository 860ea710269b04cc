import type { ApolloClient } from '@apollo/client';
import type { CommandLayers } from '../apollo/command-layers.ts';
import type { OfflineQueue, Refusal } from '../apollo/offline-queue.ts';
import { PASSING, problemOf } from '../apollo/problem.ts';
import type { WaitingCommand } from '../apollo/queue-store.ts';
import { putTask, readAnsweredTask, removeTask } from '../apollo/task-cache.ts';
import type { TaskCommandInput, TaskFieldsFragment } from '../generated/graphql.ts';
import { type BulkChange, commandsOf, sendBulk } from './send-bulk.ts';
import { sendCommand } from './send-command.ts';

interface CommanderOptions {
  readonly client: ApolloClient;
  readonly layers: CommandLayers;
  readonly queue: OfflineQueue;
  readonly onRefused: (refusal: Refusal) => void;
  readonly onAnswered: () => void;
}

/** What was done, and how to take it back. */
export interface Done {
  /** absent while it waits in the queue */
  readonly undoToken?: string | undefined;
}

/**
 * The one way of every change of a task: it shows at once, goes to the server as a mutation, and waits in the offline queue
 * where the server is away, from where it is sent again as the same mutation if it may have been carried out.
 */
export class Commander {
  readonly #options: CommanderOptions;
  /** One after the other, as the queue would: a later command may build on an earlier one. */
  #last: Promise<unknown> = Promise.resolve();
  #pending = 0;

  constructor(options: CommanderOptions) {
    this.#options = options;
  }

  /** Whether something is neither with the server nor in the queue yet. */
  get isBusy(): boolean {
    return this.#pending > 0;
  }

  /** `base` is the task that the user saw when they began: with it, what others changed meanwhile is a CONFLICT. */
  perform(command: TaskCommandInput, base?: TaskFieldsFragment): Promise<Done | undefined> {
    const { layers } = this.#options;
    layers.show(command);
    return this.#inTurn(() => this.#send(base ? this.#guarded(command, base) : command));
  }

  /** Several tasks in the same way, all or none, with one token to take it back. */
  performAll(change: BulkChange): Promise<Done | undefined> {
    const commands = commandsOf(change);
    this.#options.layers.showTogether(change.id, commands);
    return this.#inTurn(() => this.#sendAll(change, commands));
  }

  #inTurn(send: () => Promise<Done | undefined>): Promise<Done | undefined> {
    this.#pending += 1;
    const done = this.#last.then(send).finally(() => {
      this.#pending -= 1;
    });
    // One that fails does not hold up those behind it.
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #sendAll(change: BulkChange, commands: readonly TaskCommandInput[]): Promise<Done | undefined> {
    const { client, layers, queue, onRefused, onAnswered } = this.#options;
    try {
      if (queue.isHolding) return await this.#queueUpAll(change.id, commands);
      const { tasks, deletedIds, undoToken, refused } = await sendBulk(client, change, commands);
      client.cache.batch({
        removeOptimistic: change.id,
        update(cache) {
          for (const task of tasks) putTask(cache, task);
          for (const id of deletedIds) removeTask(cache, id);
        },
      });
      if (refused) {
        onRefused(refused);
        return undefined;
      }
      onAnswered();
      return { undoToken: undoToken ?? undefined };
    } catch (error) {
      const problem = problemOf(error);
      if (PASSING.includes(problem.code)) return this.#queueUpAll(change.id, commands);
      layers.hide(change.id);
      const [command] = commands;
      if (command) onRefused({ command, problem });
      return undefined;
    }
  }

  /** One by one, as the queue takes them: what was carried out already is the same when it is done again. */
  async #queueUpAll(layerId: string, commands: readonly TaskCommandInput[]): Promise<Done | undefined> {
    const { layers, queue, onRefused } = this.#options;
    layers.hide(layerId);
    for (const command of commands) {
      try {
        await queue.add(command);
      } catch (error) {
        // The device keeps nothing: those behind it would have no better luck.
        layers.hide(command.id);
        onRefused({ command, problem: problemOf(error) });
        return undefined;
      }
    }
    return {};
  }

  async #send(command: TaskCommandInput): Promise<Done | undefined> {
    const { client, layers, queue, onRefused, onAnswered } = this.#options;
    if (queue.isHolding) return this.#queueUp(command);
    try {
      const { task, deletedTaskId, undoToken } = await sendCommand(client, command);
      client.cache.batch({
        removeOptimistic: command.id,
        update(cache) {
          if (task) putTask(cache, task);
          if (deletedTaskId) removeTask(cache, deletedTaskId);
        },
      });
      onAnswered();
      return { undoToken: undoToken ?? undefined };
    } catch (error) {
      const problem = problemOf(error);
      if (PASSING.includes(problem.code)) return this.#queueUp({ ...command, wasSent: true });
      layers.hide(command.id);
      onRefused({ command, problem });
      return undefined;
    }
  }

  /** Changes of one's own since the user began are no conflict: then the version is the one that they have led to. */
  #guarded({ id, update }: TaskCommandInput, base: TaskFieldsFragment): TaskCommandInput {
    if (!update) throw new TypeError('Only an update can be guarded');
    const now = readAnsweredTask(this.#options.client.cache, update.id) ?? base;
    const fields = Object.keys(update.input) as (keyof typeof update.input & keyof TaskFieldsFragment)[];
    const isUntouched = fields.every((field) => now[field] === base[field]);
    return { id, update: { ...update, expectedVersion: isUntouched ? now.version : base.version } };
  }

  async #queueUp(command: WaitingCommand): Promise<Done | undefined> {
    const { layers, queue, onRefused } = this.#options;
    layers.hide(command.id);
    try {
      await queue.add(command);
      return {};
    } catch (error) {
      // The device keeps nothing, as in some private windows: then nothing may seem to be done.
      layers.hide(command.id);
      onRefused({ command, problem: problemOf(error) });
      return undefined;
    }
  }
}
