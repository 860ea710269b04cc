import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Config } from '../../config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Tracing } from '../../core/tracing.ts';
import { createExporter } from './exporter.ts';
import { type RouteOf, tracedRequests } from './traced-requests.ts';
import { createTracing } from './tracer.ts';

/** milliseconds that spans wait for others to be sent together with */
const INTERVAL = 1000;
/** spans of one message; making it takes some 3 ms in which nothing else runs */
const BATCH = 512;
/** Spans that wait to be sent. While the collector is slow or away, what comes beyond is dropped. */
const MAXIMUM_WAITING = 4096;
/** characters of an attribute: the longest are statements with many conditions */
const MAXIMUM_LENGTH = 2000;
/** milliseconds that the end of the server waits for the collector */
const LAST_SEND = 1000;

/** Tracing as the app is put together with it, or nothing. */
export interface Traces {
  /** `undefined`: nothing is traced, and every part stays as it is */
  readonly tracing: Tracing | undefined;
  /** Sends what is left, within a second. */
  close(): Promise<void>;
}

/**
 * OpenTelemetry, made for this app alone: nothing is registered for the whole process, so that no library begins to trace by
 * itself what it thinks fit. See decision 21.
 */
export function startTracing(config: NonNullable<Config['tracing']>, logger: Logger, routeOf: RouteOf): Traces {
  const exporter = createExporter(config, logger);
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': config.serviceName, 'service.instance.id': randomUUID() }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.ratio) }),
    spanLimits: { attributeValueLengthLimit: MAXIMUM_LENGTH },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: INTERVAL,
        maxExportBatchSize: BATCH,
        maxQueueSize: MAXIMUM_WAITING,
      }),
    ],
  });
  const tracer = provider.getTracer('premium-todo');
  const propagator = config.continuesTraces ? new W3CTraceContextPropagator() : undefined;

  return {
    tracing: {
      ...createTracing(tracer),
      requests: (listener) => tracedRequests(listener, { tracer, propagator, routeOf }),
    },
    async close() {
      // Who could not be reached a moment ago is not waited for.
      const sent = exporter.isFailing ? undefined : provider.shutdown().catch(() => {});
      await Promise.race([sent, delay(LAST_SEND, undefined, { ref: false })]);
      exporter.disconnect();
    },
  };
}
