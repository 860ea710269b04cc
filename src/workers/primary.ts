import type { Config } from '../config.ts';
import type { Logger } from '../core/logger.ts';
import { runSteps, type ShutdownStep } from '../core/shutdown.ts';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { createGathering } from './gathering.ts';
import type { Counted, MetricValues, ToPrimary } from './messages.ts';
import { createRestarts, RESTART_LIMITS } from './restarts.ts';
import { createSharingOut } from './sharing-out.ts';
import { createSupervisor } from './supervisor.ts';

/** of the time for shutting down; each worker takes a little less for itself, see `shareOf` */
const WORKERS_PART = 0.85;

/** The process above the workers. It answers no request: it hands out connections and counts. */
export interface PrimaryProcess {
  readonly logger: Logger;
  /** Resolves with the URL that the workers listen on. @throws Error with the reason why one could not start */
  listen(): Promise<string>;
  /** Stops the workers in order, and then what they needed. */
  close(): Promise<void>;
  /** Ends the workers at once. */
  kill(): void;
}

/**
 * Prepares what there is once for all workers: the embedded PostgreSQL, and the counts of the rate limits. All else they
 * do side by side, as instances on different machines do. `onHopeless` is called when replacing workers has no more sense.
 */
export async function createPrimary(config: Config, logger: Logger, onHopeless: () => void): Promise<PrimaryProcess> {
  const { dataDirectory } = config;
  const log = (message: string) => logger.info(message);
  const embedded = config.database.url
    ? undefined
    : await startEmbeddedPostgres({ dataDirectory, exclusive: true, log });
  const metrics = createGathering<MetricValues>();
  const unspent = createGathering<number>();
  const limits = createSharingOut({ workers: config.workers, recall });
  const restarts = createRestarts(RESTART_LIMITS);
  const onGone = (worker: number) => {
    metrics.gone(worker);
    unspent.gone(worker);
  };
  const supervisor = createSupervisor({ count: config.workers, logger, restarts, onMessage, onGone, onHopeless });

  function onMessage(worker: number, message: ToPrimary): void {
    if (message.kind === 'counter') limits.open(message.size);
    if (message.kind === 'share-wanted') void grant(worker, message, message.needed);
    if (message.kind === 'unspent') unspent.answered(worker, message.id, message.points);
    if (message.kind === 'revoked') tellOthers(worker, message.userId);
    if (message.kind === 'metrics-wanted') void gather(worker, message.id);
    if (message.kind === 'metrics') metrics.answered(worker, message.id, message.values);
  }

  async function grant(worker: number, { counter, key }: Counted, needed: number): Promise<void> {
    supervisor.send(worker, { kind: 'share', share: await limits.grant(worker, { counter, key }, needed) });
  }

  async function recall({ counter, key }: Counted, but: number): Promise<number> {
    const others = supervisor.ready().filter((worker) => worker !== but);
    const ask = (worker: number, id: number) => supervisor.send(worker, { kind: 'unspent-wanted', id, counter, key });
    return (await unspent.begin(others, ask)).reduce((sum, points) => sum + points, 0);
  }

  function tellOthers(worker: number, userId: string): void {
    for (const other of supervisor.ready()) if (other !== worker) supervisor.send(other, { kind: 'revoked', userId });
  }

  async function gather(worker: number, id: number): Promise<void> {
    const ask = (other: number, round: number) => supervisor.send(other, { kind: 'metrics-wanted', id: round });
    const values = await metrics.begin(supervisor.ready(), ask);
    supervisor.send(worker, { kind: 'metrics-gathered', id, values: [...values, ownMetrics()] });
  }

  function ownMetrics(): MetricValues {
    // Those of the workers are of no use together.
    const started = Math.round(Date.now() / 1000 - process.uptime());
    return [
      metric('workers_ready', 'gauge', 'Workers that answer requests.', supervisor.ready().length),
      metric('process_start_time_seconds', 'gauge', 'Start time of the process since unix epoch in seconds.', started),
      metric('workers_replaced_total', 'counter', 'Workers that died and were replaced.', supervisor.replaced()),
    ];
  }

  const { timeout } = config.shutdown;
  const shutdown: readonly ShutdownStep[] = [
    { name: 'workers', limit: timeout * WORKERS_PART, run: () => supervisor.stop() },
    { name: 'workers that are left', limit: timeout, run: () => supervisor.kill() },
    { name: 'embedded PostgreSQL', limit: timeout, run: () => embedded?.stop() },
  ];
  return {
    logger,
    listen: supervisor.start,
    close: () => runSteps(shutdown, { logger, timeout }),
    kill: supervisor.kill,
  };
}

/** A metric without labels, as prom-client writes it for other processes. */
function metric(name: string, type: 'gauge' | 'counter', help: string, value: number): object {
  return { name, type, help, values: [{ value, labels: {} }], aggregator: 'sum' };
}
