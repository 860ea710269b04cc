import { InMemoryCache } from '@apollo/client';
import { connectionPolicy } from './connection-policy.ts';
import { byPosition } from './manual-order.ts';

/** The cache with the policies that this server's schema asks for. Take it with connection-policy.ts and manual-order.ts. */
export function createCache(): InMemoryCache {
  return new InMemoryCache({
    possibleTypes: { Node: ['Task', 'TaskList', 'Tag'] },
    typePolicies: {
      Query: {
        fields: {
          tasks: connectionPolicy(['filter', 'search', 'orderBy'], byPosition),
          task: (existing, { args, toReference }) => existing ?? toReference({ __typename: 'Task', id: args?.id }),
          // Each answer is the whole of it.
          lists: { merge: false },
          tags: { merge: false },
        },
      },
      Task: { fields: { tags: { merge: false }, subtaskCounts: { merge: true } } },
      TaskList: { fields: { taskCounts: { merge: true } } },
      TaskStats: { merge: true },
    },
  });
}
