import { ApolloLink } from '@apollo/client';
import { Kind, OperationTypeNode } from 'graphql';

/**
 * Gives each mutation that declares `$idempotencyKey` a key of its own, unless the caller chose one. Whatever repeats the
 * request behind this link repeats the key, and the server answers every repetition as it did the first. Goes first.
 */
export class IdempotencyLink extends ApolloLink {
  override request(operation: ApolloLink.Operation, forward: ApolloLink.ForwardFunction) {
    if (takesKey(operation) && operation.variables.idempotencyKey === undefined) {
      operation.variables = { ...operation.variables, idempotencyKey: crypto.randomUUID() };
    }
    return forward(operation);
  }
}

function takesKey({ operationType, query }: ApolloLink.Operation): boolean {
  if (operationType !== OperationTypeNode.MUTATION) return false;
  return query.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.variableDefinitions?.some(({ variable }) => variable.name.value === 'idempotencyKey'),
  );
}
