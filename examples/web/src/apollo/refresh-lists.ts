import type { ApolloClient, OperationVariables } from '@apollo/client';
import { TasksDocument, type TasksQuery, type TasksQueryVariables } from '../generated/graphql.ts';

/** The server gives so many rows at once. */
const LARGEST_PAGE = 100;
/** milliseconds in which further changes are waited for */
const DELAY = 700;

/**
 * Asks again for what is on the screen, since only the server knows which list a changed task belongs to. A list is
 * read as far as it was loaded, so that nothing jumps; connection-policy.ts keeps what lies behind. Changes that come one
 * after the other cause one reading.
 */
export class ListRefresher {
  readonly #client: ApolloClient;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: ApolloClient) {
    this.#client = client;
  }

  request(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // What fails is asked for again with the next change; the screen shows what it had.
      this.#refresh().catch(() => undefined);
    }, DELAY);
  }

  async #refresh(): Promise<void> {
    const queries = [...this.#client.getObservableQueries('active')];
    await Promise.all(
      queries.map((query) => {
        if (query.queryName !== 'Tasks') return query.refetch();
        const { tasks } = (query.getCurrentResult().data ?? {}) as Partial<TasksQuery>;
        return this.#reread(query.variables, tasks?.edges.length ?? 0);
      }),
    );
  }

  async #reread(variables: OperationVariables, loaded: number): Promise<void> {
    const least = (variables as TasksQueryVariables).first;
    let after: string | null | undefined;
    for (let missing = Math.max(loaded, least); missing > 0; missing -= LARGEST_PAGE) {
      const first = Math.min(missing, LARGEST_PAGE);
      const { data } = await this.#client.query({
        query: TasksDocument,
        variables: { ...variables, first, after: after ?? null },
        fetchPolicy: 'network-only',
      });
      if (!data?.tasks.pageInfo.hasNextPage) return;
      after = data.tasks.pageInfo.endCursor;
    }
  }
}
