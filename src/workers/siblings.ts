import type { Config } from '../config.ts';
import type { CreateCounter } from '../core/rate-limits.ts';
import type { RevocationChannel } from '../core/revocations.ts';
import { jointCounters } from './joint-counters.ts';
import { type JointMetrics, jointMetrics } from './joint-metrics.ts';
import { jointRevocations } from './joint-revocations.ts';
import type { Primary } from './messages.ts';

/** What a worker has in common with the other workers of its server. */
export interface Siblings {
  readonly createCounter: CreateCounter;
  readonly revocations: RevocationChannel;
  readonly metrics: JointMetrics;
}

export function siblingsBy(primary: Primary): Siblings {
  return {
    createCounter: jointCounters(primary),
    revocations: jointRevocations(primary),
    metrics: jointMetrics(primary),
  };
}

/** One worker's part of what is set for the whole server; what does not divide evenly is left unused. */
export function shareOf(config: Config): Config {
  const { maximum } = config.liveConnections;
  const partOf = (whole: number) => Math.max(1, Math.floor(whole / config.workers));
  return {
    ...config,
    // The primary still has to stop what it has started for all.
    shutdown: { ...config.shutdown, timeout: config.shutdown.timeout * 0.8 },
    database: { ...config.database, poolMaximum: partOf(config.database.poolMaximum) },
    maximumConcurrentRequests: partOf(config.maximumConcurrentRequests),
    liveConnections: { ...config.liveConnections, maximum: maximum === 0 ? 0 : partOf(maximum) },
  };
}
