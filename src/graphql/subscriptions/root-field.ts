import { type DocumentNode, Kind, type OperationDefinitionNode, type SelectionNode } from 'graphql';

const LEAVING_OUT = new Set(['skip', 'include']);

/**
 * Whether a valid subscription may select nothing, by a directive within a fragment. The specification forbids that since
 * September 2025; graphql-js 16 sees it beside the field only, and fails where there is no field.
 */
export function mayLackField(operation: OperationDefinitionNode, document: DocumentNode): boolean {
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const mayBeLeftOut = (selection: SelectionNode): boolean => {
    if (selection.directives?.some(({ name }) => LEAVING_OUT.has(name.value))) return true;
    if (selection.kind === Kind.FIELD) return false;
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return fragment?.selectionSet.selections.some(mayBeLeftOut) ?? false;
  };
  return operation.selectionSet.selections.some(mayBeLeftOut);
}
