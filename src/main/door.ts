import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isForGraphQL } from '../app.ts';
import type { Config } from '../config.ts';
import { ServiceUnavailableError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { refuseOperation } from '../graphql/refusal.ts';
import { originPolicy } from '../http/cors.ts';
import { createEdge } from '../http/edge.ts';
import { createHttpServer } from '../http/http-server.ts';
import { refuseRequest } from '../http/problem.ts';
import { createRequestLog } from '../http/request-log.ts';
import { pathOf } from '../http/request-path.ts';
import { createRequestsInProgress } from '../http/requests-in-progress.ts';

/** seconds, for `Retry-After` */
const RETRY_AFTER = 2;

/** Stands on the port of the server while there is no server yet. */
export interface Door {
  /** Once it is open this does nothing. @throws Error when the port is in use */
  open(): Promise<void>;
  /** The port is free as soon as this returns. */
  close(): void;
}

/**
 * Answers in the place of an app whose database is not there: alive, not ready for want of the database, and 503 in the
 * form of its API to everything else. Each answer ends its connection, so that the next one meets the app.
 */
export function createDoor(config: Config, logger: Logger): Door {
  const refuse = (request: IncomingMessage, response: ServerResponse, error: ServiceUnavailableError) =>
    (isForGraphQL(request) ? refuseOperation : refuseRequest)(request, response, error);
  const inProgress = createRequestsInProgress();
  const log = createRequestLog({
    logger,
    slowRequest: config.logging.slowRequest,
    everyRequest: config.logging.requests,
    load: () => ({ requestsInProgress: inProgress.count }),
  });
  const listener = createEdge(
    {
      isAllowedOrigin: originPolicy(config.corsOrigins),
      cookiePath: undefined,
      trustedProxyHops: config.trustedProxyHops,
      inProgress,
      maximumConcurrentRequests: config.maximumConcurrentRequests,
      refuse,
      log,
      strictTransport: config.production,
      isClosing: () => true,
      observe: () => {},
    },
    (request, response) => {
      const path = pathOf(request);
      if (path === '/health/live') answer(response, 200, { status: 'ok' });
      else if (path === '/health/ready') answer(response, 503, { status: 'unavailable', missing: ['database'] });
      else refuse(request, response, new ServiceUnavailableError('The database is not available yet', RETRY_AFTER));
    },
  );
  const server = createHttpServer(listener);

  return {
    async open() {
      if (server.listening) return;
      server.listen({ host: config.host, port: config.port });
      await once(server, 'listening');
    },
    close() {
      server.close();
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  if (status === 503) response.setHeader('retry-after', RETRY_AFTER);
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}
