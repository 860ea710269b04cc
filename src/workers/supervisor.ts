import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from '../core/logger.ts';
import type { ToPrimary, ToWorker } from './messages.ts';
import { recoverConnections } from './recover-connections.ts';
import type { Restarts } from './restarts.ts';

/** The workers cannot serve; the message says why. */
class WorkerError extends Error {
  override readonly name = 'WorkerError';
}

interface SupervisorOptions {
  /** how many workers there shall be */
  readonly count: number;
  readonly logger: Logger;
  readonly restarts: Restarts;
  /** hears what workers say, but for `ready` and `failed` */
  readonly onMessage: (worker: number, message: ToPrimary) => void;
  readonly onGone: (worker: number) => void;
  /** Workers die again and again: nothing is started any more, and somebody has to end the server. */
  readonly onHopeless: () => void;
}

/** Keeps so many workers alive. */
export interface Supervisor {
  /**
   * Starts all of them; resolves with the URL that they listen on when each is ready.
   * @throws Error with the reason of the first that could not start
   */
  start(): Promise<string>;
  /** the numbers of those that are ready */
  ready(): readonly number[];
  send(worker: number, message: ToWorker): void;
  /** how many were replaced so far */
  replaced(): number;
  /**
   * Has all of them end in order, also those that are still starting.
   * @throws Error when one of them ended otherwise
   */
  stop(): Promise<void>;
  /** Ends all of them at once. */
  kill(): void;
}

interface State {
  readonly worker: Worker;
  isReady: boolean;
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { count, logger, restarts, onMessage, onGone, onHopeless } = options;
  const states = new Map<number, State>();
  const timers = new Set<NodeJS.Timeout>();
  const started = Promise.withResolvers<string>();
  let hasStarted = false;
  let isStopping = false;
  let replaced = 0;

  function fork(): void {
    const worker = cluster.fork();
    const state: State = { worker, isReady: false };
    states.set(worker.id, state);
    recoverConnections(worker);
    worker.on('message', (message: ToPrimary) => {
      if (message.kind === 'ready') becameReady(state, message.url);
      else if (message.kind === 'failed') couldNotStart(worker, message.reason);
      else onMessage(worker.id, message);
    });
    // Sending to one that has just died: its exit is what counts.
    worker.on('error', () => {});
    worker.once('exit', (code: number, signal: string | null) => gone(state, signal ?? `code ${code}`));
  }

  function becameReady(state: State, url: string): void {
    state.isReady = true;
    if (hasStarted) logger.info({ worker: state.worker.id }, 'the new worker is ready');
    else if ([...states.values()].every(({ isReady }) => isReady)) {
      hasStarted = true;
      started.resolve(url);
    }
  }

  function couldNotStart(worker: Worker, reason: string): void {
    if (hasStarted) logger.error({ worker: worker.id, reason }, 'a worker could not start');
    else started.reject(new WorkerError(reason));
  }

  function gone(state: State, how: string): void {
    const { worker } = state;
    states.delete(worker.id);
    onGone(worker.id);
    if (isStopping) return;
    if (!hasStarted) {
      started.reject(new WorkerError(`A worker ended while it started: ${how}`));
      return;
    }
    const wait = restarts.afterDeath(performance.now());
    if (wait === undefined) {
      isStopping = true;
      logger.fatal({ worker: worker.id, how }, 'workers die again and again: the server ends');
      onHopeless();
      return;
    }
    logger.error({ worker: worker.id, how, wait }, 'a worker died and is replaced');
    const timer = setTimeout(() => {
      timers.delete(timer);
      replaced += 1;
      fork();
    }, wait);
    timers.add(timer);
  }

  function send(id: number, message: ToWorker): void {
    const worker = states.get(id)?.worker;
    if (worker?.isConnected()) worker.send(message);
  }

  return {
    start() {
      for (let index = 0; index < count; index++) fork();
      return started.promise;
    },
    ready: () => [...states].flatMap(([id, { isReady }]) => (isReady ? [id] : [])),
    send,
    replaced: () => replaced,
    async stop() {
      isStopping = true;
      for (const timer of timers) clearTimeout(timer);
      const exits = [...states.values()].map(({ worker }) => once(worker, 'exit'));
      for (const id of states.keys()) send(id, { kind: 'stop' });
      const codes = (await Promise.all(exits)).map(([code]) => code);
      // One that a terminal's Ctrl-C has met before it could listen has a signal and no code.
      if (codes.some((code) => code > 0)) throw new WorkerError('A worker did not stop in order');
    },
    kill() {
      for (const { worker } of states.values()) worker.process.kill('SIGKILL');
    },
  };
}
