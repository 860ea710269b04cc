import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ROOT_CONTEXT, SpanKind, type TextMapGetter, type TextMapPropagator, type Tracer } from '@opentelemetry/api';
import { currentPlace, type SpanAttributes } from '../../core/tracing.ts';
import { requestIdOf } from '../../http/request-id.ts';
import { PROBES, pathOf } from '../../http/request-path.ts';
import { recordOf } from '../../http/request-record.ts';
import { Position, setPosition } from './position.ts';

/** Those of the semantic conventions; others have the name of none, since clients may make them up. */
const KNOWN_METHODS = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);

const headers: TextMapGetter<IncomingMessage['headers']> = {
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, name) => carrier[name],
};

/** The pattern of a request's route, where no router tells. */
export type RouteOf = (request: IncomingMessage) => string | undefined;

export interface TracedRequestsOptions {
  tracer: Tracer;
  /** how callers' traces are continued; without one each request begins a trace */
  propagator: TextMapPropagator | undefined;
  routeOf: RouteOf;
}

/** The span of each request, which ends when the connection has done with the answer. */
export function tracedRequests(listener: RequestListener, options: TracedRequestsOptions): RequestListener {
  const { tracer, propagator, routeOf } = options;
  return (request, response) => {
    if (PROBES.has(pathOf(request))) {
      listener(request, response);
      return;
    }
    const caller = propagator?.extract(ROOT_CONTEXT, request.headers, headers) ?? ROOT_CONTEXT;
    const position = new Position(tracer.startSpan(methodOf(request), { kind: SpanKind.SERVER }, caller));
    setPosition(request, position);
    response.once('close', () => {
      // A connection that broke calls from outside of the request, whose log line comes after this.
      currentPlace.enterWith(position);
      if (position.span.isRecording()) end(position, position.route ?? routeOf(request), request, response);
    });
    currentPlace.run(position, listener, request, response);
  };
}

function end(position: Position, route: string | undefined, request: IncomingMessage, response: ServerResponse): void {
  const method = methodOf(request);
  const isAnswered = response.headersSent;
  const status = response.statusCode;
  position.span.updateName(route === undefined ? nameOf(method) : `${nameOf(method)} ${route}`);
  position.set({
    'http.request.method': method,
    'http.request.header.x-request-id': [requestIdOf(request)],
    ...(isAnswered ? { 'http.response.status_code': status } : {}),
    ...placeOf(route, request),
  });
  const { failure } = recordOf(request);
  const isFault = isAnswered && status >= 500;
  if (failure || isFault) position.fail({ code: failure?.code ?? String(status), isFault });
  else if (!response.writableFinished) position.fail({ code: 'aborted', isFault: false });
  position.span.end();
}

/** The path where its route is known, which then says what may stand in it; what else clients ask for may be anything. */
function placeOf(route: string | undefined, request: IncomingMessage): SpanAttributes {
  if (route === undefined) return {};
  return route.endsWith('*') ? { 'http.route': route } : { 'http.route': route, 'url.path': pathOf(request) };
}

function methodOf({ method = '' }: IncomingMessage): string {
  return KNOWN_METHODS.has(method) ? method : '_OTHER';
}

function nameOf(method: string): string {
  return method === '_OTHER' ? 'HTTP' : method;
}
