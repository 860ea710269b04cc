import type { ApolloClient, ObservableQuery, OperationVariables } from '@apollo/client';
import { TasksDocument, type TasksQuery, type TasksQueryVariables } from '../generated/graphql.ts';

/** The server gives so many rows at once. */
const LARGEST_PAGE = 100;
/** milliseconds in which further changes are waited for, and from one reading to the next: a user has so many reads a minute */
const DELAY = 700;
const INTERVAL = 2_000;

/**
 * Asks again for what is on the screen, since only the server knows which list a changed task belongs to. A list is
 * read as far as it was loaded, so that nothing jumps; connection-policy.ts keeps what lies behind. Changes that come one
 * after the other cause one reading.
 */
export class ListRefresher {
  readonly #client: ApolloClient;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastTime = 0;

  constructor(client: ApolloClient) {
    this.#client = client;
  }

  request(): void {
    const delay = Math.max(DELAY, this.#lastTime + INTERVAL - Date.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#lastTime = Date.now();
      // What fails is asked for again with the next change; the screen shows what it had.
      this.#refresh().catch(() => undefined);
    }, delay);
  }

  async #refresh(): Promise<void> {
    const queries = [...this.#client.getObservableQueries('active')];
    await Promise.all(queries.map((query) => this.#ask(query)));
  }

  /** Through the cache, where it can: a query whose refetch fails would lose what it shows. */
  async #ask(query: ObservableQuery): Promise<void> {
    const { variables } = query;
    if (query.options.fetchPolicy === 'no-cache') {
      await query.refetch();
    } else if (query.queryName === 'Tasks') {
      const { tasks } = (query.getCurrentResult().data ?? {}) as Partial<TasksQuery>;
      await this.#reread(variables, tasks?.edges.length ?? 0);
    } else {
      await this.#client.query({ query: query.query, variables, fetchPolicy: 'network-only' });
    }
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
