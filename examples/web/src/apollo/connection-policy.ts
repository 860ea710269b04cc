import type { FieldFunctionOptions, FieldPolicy, Reference } from '@apollo/client/cache';

interface Edge {
  readonly __typename?: string;
  readonly cursor: string;
  readonly node: Reference;
}

export interface StoredConnection {
  readonly edges: readonly Edge[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

type Sort = (edges: readonly Edge[], options: FieldFunctionOptions) => readonly Edge[];

/**
 * One list for each filter, search and order, grown page by page. Unlike `relayStylePagination` it can read a part of the
 * list anew without losing the rest: cursors are keyset cursors, so what lies behind the last row of a page is still
 * right when that row is in the list already. Rows whose task is gone are left out.
 *
 * `sort` may put the edges in the order that the objects in the cache ask for, for lists that change while they are read.
 * Take it alone: it knows nothing of tasks.
 */
export function connectionPolicy(keyArgs: string[], sort?: Sort): FieldPolicy<StoredConnection> {
  return {
    keyArgs,
    read(existing, options) {
      if (existing === undefined) return undefined;
      const edges = existing.edges.filter(({ node }) => options.canRead(node));
      return { ...existing, edges: sort ? sort(edges, options) : edges };
    },
    merge: (existing, incoming, { args }) => (existing ? splice(existing, incoming, args?.after) : incoming),
  };
}

function splice(existing: StoredConnection, incoming: StoredConnection, after: string | null | undefined) {
  const begin = after ? existing.edges.findIndex(({ cursor }) => cursor === after) + 1 : 0;
  const fresh = new Set(incoming.edges.map(({ node }) => node.__ref));
  const before = existing.edges.slice(0, begin).filter(({ node }) => !fresh.has(node.__ref));
  const last = incoming.edges.at(-1);
  const end = existing.edges.findIndex(({ cursor }) => cursor === last?.cursor);
  // A page that ends the list, or whose end is not known here, leaves nothing behind it.
  if (end < 0 || !incoming.pageInfo.hasNextPage) return { ...incoming, edges: [...before, ...incoming.edges] };
  const rest = existing.edges.slice(end + 1).filter(({ node }) => !fresh.has(node.__ref));
  const pageInfo = rest.length > 0 ? existing.pageInfo : incoming.pageInfo;
  return { ...incoming, pageInfo, edges: [...before, ...incoming.edges, ...rest] };
}
