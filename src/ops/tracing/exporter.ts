import { type Agent, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../../core/logger.ts';

/** milliseconds that one batch may take, repeated tries included */
const EXPORT_TIMEOUT = 5000;
const CONNECTIONS = 2;

export interface ExporterOptions {
  /** where OTLP's traces go to, path included */
  readonly url: string;
  /** what the collector wants to see, which may be a token */
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends spans to a collector by OTLP over HTTP, and tells once when that fails and once when it works again. */
export interface Exporter extends SpanExporter {
  readonly isFailing: boolean;
  /** Ends the connections, whatever is under way on them. */
  disconnect(): void;
}

export function createExporter({ url, headers }: ExporterOptions, logger: Logger): Exporter {
  const agent: Agent = new (url.startsWith('https:') ? HttpsAgent : HttpAgent)({
    keepAlive: true,
    maxSockets: CONNECTIONS,
  });
  const exporter = new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: EXPORT_TIMEOUT,
    httpAgentOptions: () => agent,
  });
  let lost: number | undefined;

  function tell(error: Error | undefined, spans: number): void {
    if (error === undefined) {
      if (lost !== undefined) logger.info({ lost }, 'traces are sent again');
      lost = undefined;
      return;
    }
    if (lost === undefined) logger.warn({ reason: reasonOf(error) }, 'traces cannot be sent');
    lost = (lost ?? 0) + spans;
  }

  return {
    get isFailing() {
      return lost !== undefined;
    },
    export(spans, done) {
      exporter.export(spans, (result) => {
        const isSent = result.code === ExportResultCode.SUCCESS;
        tell(isSent ? undefined : (result.error ?? new Error('refused')), spans.length);
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    disconnect: () => agent.destroy(),
  };
}

/** A status or a code: what a collector answers may repeat what it was sent. */
function reasonOf(error: Error & { code?: unknown }): string {
  const { code } = error;
  return typeof code === 'number' || typeof code === 'string' ? String(code) : error.name;
}
