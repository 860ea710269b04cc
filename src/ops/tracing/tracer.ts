import { SpanKind, type Tracer } from '@opentelemetry/api';
import { codeOf, currentPlace, type Span, type SpanStart, type Tracing } from '../../core/tracing.ts';
import { Position, positionOf } from './position.ts';

const NOT_RECORDED: Span = { set: () => {}, fail: () => {} };

/** The parts of requests as spans. What belongs to no request, or to one that has ended, is not traced. */
export function createTracing(tracer: Tracer): Omit<Tracing, 'requests'> {
  function begin({ name, attributes, isCall }: SpanStart, parent: Position): Position {
    const kind = isCall ? SpanKind.CLIENT : SpanKind.INTERNAL;
    return new Position(tracer.startSpan(name, attributes ? { kind, attributes } : { kind }, parent.context));
  }

  return {
    isRecording: () => recording() !== undefined,

    span<Result>(start: SpanStart, work: (span: Span) => Result): Result {
      const parent = recording();
      if (parent === undefined) return work(NOT_RECORDED);
      const position = begin(start, parent);
      const fail = (error: unknown): never => {
        position.fail((start.codeOf ?? codeOf)(error));
        position.span.end();
        throw error;
      };
      let begun: Result;
      try {
        begun = currentPlace.run(position, work, position);
      } catch (error) {
        return fail(error);
      }
      if (!(begun instanceof Promise)) return begun;
      return begun.then((result) => {
        position.span.end();
        return result;
      }, fail) as Result;
    },

    nameRoute(request, route) {
      const position = positionOf(request);
      if (position) position.route = route;
    },
  };
}

function recording(): Position | undefined {
  const place = currentPlace.getStore();
  return place instanceof Position && place.span.isRecording() ? place : undefined;
}
