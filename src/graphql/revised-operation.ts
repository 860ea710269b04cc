import { type GraphQLSchema, getDirectiveValues, Kind, type OperationDefinitionNode } from 'graphql';
import type { RateLimit } from '../core/rate-limits.ts';

/**
 * The limits that an operation counts against, one for each field of its root, if its answer depends on nothing but the
 * user's tasks, the document and the variables (`REVISED` in core/result-cache.ts); `undefined` for any other.
 */
export function revisedLimits(
  schema: GraphQLSchema,
  { operation, selectionSet }: OperationDefinitionNode,
): readonly RateLimit[] | undefined {
  const fields = schema.getQueryType()?.getFields() ?? {};
  const rateLimit = schema.getDirective('rateLimit');
  if (operation !== 'query' || !rateLimit) return undefined;
  const limits: RateLimit[] = [];
  for (const selection of selectionSet.selections) {
    // What a directive leaves out is not counted.
    if (selection.kind !== Kind.FIELD || selection.directives?.length) return undefined;
    const field = fields[selection.name.value];
    const limit = field?.astNode && field.extensions.revised ? getDirectiveValues(rateLimit, field.astNode) : undefined;
    if (limit === undefined) return undefined;
    limits.push(limit as unknown as RateLimit);
  }
  return limits;
}
