import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/core/logger.ts';
import { createTraces } from '../../../src/ops/traces.ts';
import { type Collector, type ReceivedSpan, startCollector } from './collector.ts';
import { keptLines, type LogLine } from './kept-lines.ts';

/** An HTTP server that traces its requests as the app does, and has nothing else to do for them. */
export interface TracedServer {
  readonly collector: Collector;
  readonly log: readonly LogLine[];
  line(message: string): Promise<LogLine>;
  /** Sends a request with these headers; one without an answer fails. With `x-parts` it has so many spans beside its own. */
  call(headers?: Record<string, string>): Promise<void>;
  /** Ends the tracing and the server, and answers everything that was recorded. */
  end(): Promise<readonly ReceivedSpan[]>;
}

export interface TracedServerOptions {
  /** settings beside the collector's URL */
  environment?: Record<string, string>;
}

export async function startTracedServer({ environment = {} }: TracedServerOptions = {}): Promise<TracedServer> {
  const collector = await startCollector();
  const { log, line, destination } = keptLines();
  const config = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...environment });
  const logger = createLogger({ level: 'debug', format: 'json', traced: true }, destination);
  const { tracing, close } = await createTraces(config, logger, () => '/');
  const server = createServer(
    tracing?.requests(async (request, response) => {
      logger.debug('answering');
      const parts = Number(request.headers['x-parts'] ?? 0);
      await Promise.all(Array.from({ length: parts }, () => tracing.span({ name: 'part' }, async () => {})));
      response.end();
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    collector,
    log,
    line,
    async call(headers = {}) {
      await (await fetch(url, { headers: { connection: 'close', 'x-request-id': 'one', ...headers } })).text();
    },
    async end() {
      server.close();
      await once(server, 'close');
      await close();
      await collector.close();
      return collector.spans;
    },
  };
}
