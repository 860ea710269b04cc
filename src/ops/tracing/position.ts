import type { IncomingMessage } from 'node:http';
import { type Context, type Span as OpenTelemetrySpan, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Span, SpanAttributes, SpanError, TracePlace } from '../../core/tracing.ts';

/** A span of OpenTelemetry as the place in a trace where something runs. */
export class Position implements Span, TracePlace {
  readonly span: OpenTelemetrySpan;
  readonly traceId: string;
  readonly spanId: string;
  /** the pattern of the request's route, on the span of the request itself */
  route: string | undefined;

  constructor(span: OpenTelemetrySpan) {
    this.span = span;
    const { traceId, spanId } = span.spanContext();
    this.traceId = traceId;
    this.spanId = spanId;
  }

  /** what spans begin in that are a part of this one */
  get context(): Context {
    return trace.setSpan(ROOT_CONTEXT, this.span);
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  /** Without a message: what an error says may be what users wrote. */
  fail({ code, isFault }: SpanError): void {
    this.span.setAttribute('error.type', code);
    if (isFault) this.span.setStatus({ code: SpanStatusCode.ERROR });
  }
}

const POSITION = Symbol('position');

interface Positioned {
  [POSITION]?: Position;
}

/** For those who know the request where nothing says what runs. */
export function setPosition(request: IncomingMessage, position: Position): void {
  (request as Positioned)[POSITION] = position;
}

export function positionOf(request: IncomingMessage): Position | undefined {
  return (request as Positioned)[POSITION];
}
