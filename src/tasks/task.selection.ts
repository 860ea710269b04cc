import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import type { TaskSelection } from './task.related.ts';
import { SHOWN_OF_LABELS } from './task.ts';

type Fragments = GraphQLResolveInfo['fragments'];
type Info = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>;

/** Fields of Task that are made of what every task has. */
const PLAIN = new Set([
  ...['__typename', 'id', 'title', 'description', 'completed', 'completedAt', 'createdAt', 'updatedAt', 'version'],
  ...['history', 'completedOccurrences', 'subtasks', 'subtaskCounts'],
]);
/** What stands around tasks in a list. */
const AROUND = new Set(['edges', 'node', 'nodes', 'cursor', 'pageInfo', 'totalCount']);
const OF_LABELS = new Set<string>(['__typename', ...SHOWN_OF_LABELS]);

const known = new WeakMap<FieldNode, TaskSelection>();

/** Known operations are looked at once. */
export function taskSelection({ fieldNodes, fragments }: Info): TaskSelection {
  const [only] = fieldNodes;
  if (fieldNodes.length > 1 || only === undefined) return selectionOf(fieldNodes, fragments);
  const existing = known.get(only) ?? selectionOf(fieldNodes, fragments);
  known.set(only, existing);
  return existing;
}

function selectionOf(fields: readonly FieldNode[], fragments: Fragments): TaskSelection {
  const shown = fieldsOf(fields, fragments, (name) => AROUND.has(name) && name !== 'pageInfo');
  const named = (wanted: string) => shown.filter(({ name }) => name.value === wanted);
  const isInPart = (wanted: string) => {
    const inside = fieldsOf(named(wanted), fragments, () => false);
    return inside.length > 0 && inside.every(({ name }) => OF_LABELS.has(name.value));
  };
  return {
    isPlain: shown.every(({ name }) => AROUND.has(name.value) || PLAIN.has(name.value)),
    tags: isInPart('tags'),
    list: isInPart('list'),
    subtaskCounts: named('subtaskCounts').length > 0,
  };
}

/** The fields below `fields`, whatever fragments they stand in, and those below them as far as `isPassed` says. */
function fieldsOf(
  fields: readonly FieldNode[],
  fragments: Fragments,
  isPassed: (name: string) => boolean,
): FieldNode[] {
  const inSet = (set: SelectionSetNode | undefined): FieldNode[] =>
    (set?.selections ?? []).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) {
        return isPassed(selection.name.value) ? [selection, ...inSet(selection.selectionSet)] : [selection];
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
      return inSet(fragment?.selectionSet);
    });
  return fields.flatMap(({ selectionSet }) => inSet(selectionSet));
}
