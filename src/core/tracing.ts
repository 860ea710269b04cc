import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, RequestListener } from 'node:http';
import { AppError } from './errors.ts';

/** Where in a trace something runs: ids of W3C Trace Context, in hexadecimal digits. */
export interface TracePlace {
  readonly traceId: string;
  readonly spanId: string;
}

/** What is told of a span, by the names of OpenTelemetry's semantic conventions: nothing that users wrote. */
export type SpanAttributes = Readonly<Record<string, string | number | string[]>>;

/** What is known when a span begins. */
export interface SpanStart {
  readonly name: string;
  readonly attributes?: SpanAttributes;
  /** another system does the work, and this one waits for it */
  readonly isCall?: boolean;
  /** names what is thrown: a code of a closed list, never a message; `codeOf` when absent */
  readonly codeOf?: (error: unknown) => SpanError;
}

/** How a span failed. */
export interface SpanError {
  readonly code: string;
  /** whether something is wrong here, and not with what was asked for */
  readonly isFault: boolean;
}

/** One part of a request while it is under way. */
export interface Span {
  set(attributes: SpanAttributes): void;
  fail(error: SpanError): void;
}

/**
 * Traces requests and their parts. Where tracing is off there is none of it: what it goes around is decided when the app is
 * put together (`ops/traces.ts`).
 */
export interface Tracing {
  /** Whether what runs now belongs to a request that is recorded; to be asked before anything is made for a span. */
  isRecording(): boolean;
  /** Runs `work` as a part of what runs now. Work that ends at once and well is not worth a span and has none. */
  span<Result>(start: SpanStart, work: (span: Span) => Result): Result;
  /** The same listener, each request a trace of its own or a part of its caller's. */
  requests(listener: RequestListener): RequestListener;
  /** Names the request by the pattern of its route. */
  nameRoute(request: IncomingMessage, route: string): void;
}

/** What runs now, as far as it is part of a trace. Nothing enters it while tracing is off. */
export const currentPlace = new AsyncLocalStorage<TracePlace>();

/** What a log line says of the request that it is about. */
export function placeForLog(): object {
  const place = currentPlace.getStore();
  return place === undefined ? {} : { traceId: place.traceId, spanId: place.spanId };
}

/** The code that a client is told for an error. */
export function codeOf(error: unknown): SpanError {
  if (error instanceof AppError) return { code: error.code, isFault: error.status >= 500 };
  return { code: 'INTERNAL_SERVER_ERROR', isFault: true };
}

/** The same services, each call of a method a span such as `tasks.create`. */
export function tracedServices<Services extends { [Name in keyof Services]: object }>(
  services: Services,
  tracing: Tracing | undefined,
): Services {
  if (tracing === undefined) return services;
  const traced = Object.entries<object>(services).map(([name, service]) => [
    name,
    tracedMethods(name, service, tracing),
  ]);
  return Object.fromEntries(traced);
}

function tracedMethods(name: string, service: object, tracing: Tracing): object {
  const methods = Object.entries(service).map(([method, call]) => {
    const start = { name: `${name}.${method}` };
    const traced = (...parameters: unknown[]) =>
      tracing.isRecording()
        ? tracing.span(start, () => call.apply(service, parameters))
        : call.apply(service, parameters);
    return [method, traced];
  });
  return Object.fromEntries(methods);
}
