import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** Fields of Task that are made of what every task has. */
const PLAIN = new Set([
  ...['__typename', 'id', 'title', 'description', 'completed', 'completedAt', 'createdAt', 'updatedAt', 'version'],
  ...['history', 'completedOccurrences', 'subtasks', 'subtaskCounts'],
]);
/** What stands around tasks in a list. */
const AROUND = new Set(['edges', 'node', 'nodes', 'cursor', 'pageInfo', 'totalCount']);

const known = new WeakMap<FieldNode, boolean>();

/**
 * Whether a list of tasks is shown without anything that tasks are planned with: half of the columns need not be read
 * then, which is a tenth of what such a list costs. Known operations are looked at once.
 */
export function isPlainList({ fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): boolean {
  return fieldNodes.every((field) => {
    const isKnown = known.get(field);
    if (isKnown !== undefined) return isKnown;
    const isPlain = field.selectionSet === undefined || isPlainSelection(field.selectionSet, fragments);
    known.set(field, isPlain);
    return isPlain;
  });
}

/** What is below a plain field has its own reads, but for what stands around the tasks. */
function isPlainSelection({ selections }: SelectionSetNode, fragments: GraphQLResolveInfo['fragments']): boolean {
  return selections.every((selection) => {
    if (selection.kind === Kind.FIELD) {
      const { name, selectionSet } = selection;
      if (!AROUND.has(name.value)) return PLAIN.has(name.value);
      return selectionSet === undefined || name.value === 'pageInfo' || isPlainSelection(selectionSet, fragments);
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
    return fragment !== undefined && isPlainSelection(fragment.selectionSet, fragments);
  });
}
