import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { codeOf, type Span, type SpanError, type SpanStart, type Tracing } from '../core/tracing.ts';
import { appErrorOf, isUnexpected } from './errors.ts';
import type { PreparedAnswer } from './prepared-answer.ts';

/** Clients choose the names of operations, as long as they like. */
const MAXIMUM_NAME = 64;

/** Executes operations as `execute` does, each a span such as `query TaskList`. */
export function tracedExecution(execute: GatewayExecutor, tracing: Tracing | undefined): GatewayExecutor {
  if (tracing === undefined) return execute;
  return async (request) => {
    const { operation, operationName } = request;
    return tracing.span(startOf(operation?.operation ?? 'query', operationName ?? undefined), async (span) => {
      const result = await execute(request);
      tellErrors(span, result.errors);
      return result;
    });
  };
}

/** The same for operations that are answered without Apollo Server, kept answers included. */
export function tracedAnswer(answer: PreparedAnswer, tracing: Tracing | undefined): PreparedAnswer {
  if (tracing === undefined) return answer;
  return (request, response, prepared, context) => {
    if (!tracing.isRecording()) return answer(request, response, prepared, context);
    const { name, isQuery } = prepared.operation;
    return tracing.span(startOf(isQuery ? 'query' : 'mutation', name), async (span) => {
      const failed = await answer(request, response, prepared, context);
      tellErrors(span, failed?.errors);
      return failed;
    });
  };
}

function startOf(type: string, name: string | undefined): SpanStart {
  const shown = name?.slice(0, MAXIMUM_NAME);
  return {
    name: shown === undefined ? type : `${type} ${shown}`,
    attributes: {
      'graphql.operation.type': type,
      ...(shown === undefined ? {} : { 'graphql.operation.name': shown }),
    },
  };
}

/** The gravest of the errors, by the code that the client is told. */
function tellErrors(span: Span, errors: ExecutionResult['errors']): void {
  const told = errors?.map(errorOf);
  const gravest = told?.find(({ isFault }) => isFault) ?? told?.[0];
  if (gravest) span.fail(gravest);
}

function errorOf(error: GraphQLError): SpanError {
  if (isUnexpected(error)) return codeOf(error);
  const known = appErrorOf(error);
  return known ? codeOf(known) : { code: 'BAD_USER_INPUT', isFault: false };
}
