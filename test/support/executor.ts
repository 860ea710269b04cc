import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { type ExecutionResult, parse } from 'graphql';

/** What Apollo Server hands to an executor, as far as this one looks at it. */
export async function executeWith(
  executor: GatewayExecutor,
  query: string,
  { variables, operationName, context = {} }: ExecutionInput = {},
): Promise<ExecutionResult> {
  const document = parse(query);
  const request = { query, ...(variables && { variables }), ...(operationName && { operationName }) };
  const parts = { request, context, document, source: query };
  return (await executor(parts as unknown as Parameters<GatewayExecutor>[0])) as ExecutionResult;
}

export interface ExecutionInput {
  variables?: Record<string, unknown>;
  operationName?: string;
  context?: object;
}
