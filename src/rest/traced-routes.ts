import type { RequestListener } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Tracing } from '../core/tracing.ts';

export function traceRequests(listener: RequestListener, tracing: Tracing | undefined): RequestListener {
  return tracing === undefined ? listener : tracing.requests(listener);
}

/** Names the traces of REST requests by their routes. To be called before there are any. */
export function traceRoutes(app: FastifyInstance, tracing: Tracing | undefined): void {
  if (tracing === undefined) return;
  app.addHook('onRequest', (request, _reply, next) => {
    const { url } = request.routeOptions;
    if (url !== undefined) tracing.nameRoute(request.raw, url);
    next();
  });
}
