import type { Config } from '../config.ts';
import type { Logger } from '../core/logger.ts';
import type { Traces } from './tracing/start-tracing.ts';
import type { RouteOf } from './tracing/traced-requests.ts';

/** Loads OpenTelemetry only where there is a collector to send to. */
export async function createTraces({ tracing }: Config, logger: Logger, routeOf: RouteOf): Promise<Traces> {
  if (tracing === undefined) return { tracing: undefined, close: async () => {} };
  const { startTracing } = await import('./tracing/start-tracing.ts');
  return startTracing(tracing, logger, routeOf);
}
