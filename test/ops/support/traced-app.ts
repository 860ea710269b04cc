import { randomBytes } from 'node:crypto';
import type { AppOverrides } from '../../../src/app.ts';
import { createLogger } from '../../../src/core/logger.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { type Collector, type ReceivedSpan, startCollector } from './collector.ts';
import { keptLines, type LogLine } from './kept-lines.ts';

/** The server with tracing on, its collector, and its log. */
export interface TracedApp {
  readonly app: TestApp;
  readonly collector: Collector;
  readonly log: readonly LogLine[];
  close(): Promise<void>;
}

export async function startTracedApp(overrides: AppOverrides = {}): Promise<TracedApp> {
  const collector = await startCollector();
  const { log, destination } = keptLines();
  const logger = createLogger({ level: 'debug', format: 'json', traced: true }, destination);
  const app = await startTestApp({
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    overrides: { logger, ...overrides },
  });
  return {
    app,
    collector,
    log,
    async close() {
      await app.close();
      await collector.close();
    },
  };
}

/** The headers of a caller that traces, and the ids that it has sent. */
export function tracedCall(flags = '01'): { traceId: string; spanId: string; headers: Record<string, string> } {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-${flags}` } };
}

/** Names of spans as they stand in each other, those of one parent in the order in which they began. */
export type SpanTree = { [name: string]: SpanTree };

export function treeOf(spans: readonly ReceivedSpan[], parentId = spans.find(isServer)?.parentId ?? ''): SpanTree {
  const children = spans
    .filter((span) => span.parentId === parentId)
    .sort((one, other) => Number(one.start - other.start));
  return Object.fromEntries(children.map(({ name, spanId }) => [name, treeOf(spans, spanId)]));
}

export function isServer({ kind }: ReceivedSpan): boolean {
  return kind === 'server';
}
