import type { ApolloCache, Reference } from '@apollo/client';
import type { TaskFieldsFragment, TaskOrder, TasksQueryVariables } from '../generated/graphql.ts';
import type { StoredConnection } from './connection-policy.ts';
import { matches } from './task-filter.ts';

type ReadField = (field: string, node: Reference) => unknown;

/** The orders whose values do not depend on the server. */
const COMPARED: { readonly [Field in TaskOrder['field']]?: 'createdAt' | 'position' } = {
  CREATED_AT: 'createdAt',
  POSITION: 'position',
};

/**
 * Puts a task into every list of the cache where it surely belongs, so that it shows at once; lists that are searched,
 * or whose filter only the server understands, wait until they are asked for again.
 */
export function addToLists(cache: ApolloCache, task: TaskFieldsFragment): void {
  changeLists(cache, (list, { filter, search, orderBy }, readField) => {
    const isThere = list.edges.some(({ node }) => node.__ref === `Task:${task.id}`);
    if (isThere || search || matches(task, filter) !== true) return list;
    return insert(list, task, [orderBy ?? []].flat()[0], readField);
  });
}

export function removeFromLists(cache: ApolloCache, id: string): void {
  changeLists(cache, (list) => {
    const edges = list.edges.filter(({ node }) => node.__ref !== `Task:${id}`);
    return edges.length === list.edges.length ? list : { ...list, edges };
  });
}

/** Where the tasks of all lists stand in the manual order, but for one. */
export function listedPositions(cache: ApolloCache, exceptId: string): string[] {
  const positions: string[] = [];
  changeLists(cache, (list, _variables, readField) => {
    const others = list.edges.filter(({ node }) => node.__ref !== `Task:${exceptId}`);
    positions.push(...others.map(({ node }) => String(readField('position', node) ?? '')));
    return list;
  });
  return positions;
}

/** Not behind the pages that were read: what lies between them and the task is not known. */
function insert(
  list: StoredConnection,
  task: TaskFieldsFragment,
  { field, direction = 'DESC' }: TaskOrder = { field: 'CREATED_AT' },
  readField: ReadField,
): StoredConnection {
  const edge = { __typename: 'TaskEdge', cursor: '', node: { __ref: `Task:${task.id}` } };
  const compared = COMPARED[field];
  // Where a new one belongs in such an order is told by the next answer; until then it must not be missing.
  if (compared === undefined) return task.version > 1 ? list : { ...list, edges: [edge, ...list.edges] };
  const isBefore = (other: string) => (direction === 'DESC' ? task[compared] > other : task[compared] < other);
  const index = list.edges.findIndex(({ node }) => isBefore(String(readField(compared, node))));
  if (index < 0 && list.pageInfo.hasNextPage) return list;
  return { ...list, edges: list.edges.toSpliced(index < 0 ? list.edges.length : index, 0, edge) };
}

function changeLists(
  cache: ApolloCache,
  change: (list: StoredConnection, variables: Partial<TasksQueryVariables>, readField: ReadField) => StoredConnection,
): void {
  cache.modify<{ tasks: StoredConnection }>({
    fields: {
      tasks: (list, { storeFieldName, readField }) =>
        change(list as StoredConnection, variablesOf(storeFieldName), (field, node) => readField(field, node)),
    },
  });
}

/** The key arguments, which the cache writes behind the name of the field: `tasks:{"filter":…}`. */
function variablesOf(storeFieldName: string): Partial<TasksQueryVariables> {
  const begin = storeFieldName.indexOf('{');
  return begin < 0 ? {} : (JSON.parse(storeFieldName.slice(begin)) as Partial<TasksQueryVariables>);
}
