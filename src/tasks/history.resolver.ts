import DataLoader from 'dataloader';
import { Arg, Args, ArgsType, Ctx, Directive, Field, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import { perRequest } from '../core/per-request.ts';
import { rateLimitDirective, WRITES } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import { IDEMPOTENCY_KEY, keyOf } from '../core/write-arguments.ts';
import type { CompletedOccurrence } from './history.queries.ts';
import type { HistoryEntry, HistoryPage, HistoryQuery, HistoryService } from './history.service.ts';
import { TaskHistoryConnection, TaskOccurrenceConnection, UndoPayload } from './history.type.ts';
import type { TaskRow } from './task.ts';
import { TaskType } from './task.type.ts';

@ArgsType()
class HistoryArgs implements HistoryQuery {
  @Field(() => Int, { nullable: true, description: 'So many: 1 to 100, 20 when absent.' })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor.' })
  after?: string | null;
}

type Loader<Entry> = DataLoader<string, HistoryPage<Entry>>;

/** However many tasks of one request ask for the same page, one statement answers, bound to its actor. */
function createLoaders(history: HistoryService): (context: RequestContext) => {
  history: (query: HistoryQuery) => Loader<HistoryEntry>;
  occurrences: (query: HistoryQuery) => Loader<CompletedOccurrence>;
} {
  return perRequest(({ actor }) => ({
    history: byQuery((query) => new DataLoader((ids) => history.history(actor, ids, query))),
    occurrences: byQuery((query) => new DataLoader((ids) => history.occurrences(actor, ids, query))),
  }));
}

function byQuery<Entry>(make: (query: HistoryQuery) => Loader<Entry>): (query: HistoryQuery) => Loader<Entry> {
  const loaders = new Map<string, Loader<Entry>>();
  return ({ first, after }) => {
    const name = JSON.stringify([first, after]);
    const loader = loaders.get(name) ?? make({ first, after });
    loaders.set(name, loader);
    return loader;
  };
}

@Resolver(() => TaskType)
export class HistoryResolver {
  readonly #history: HistoryService;
  readonly #loaders: ReturnType<typeof createLoaders>;

  constructor(history: HistoryService) {
    this.#history = history;
    this.#loaders = createLoaders(history);
  }

  @FieldResolver(() => TaskHistoryConnection, {
    description: 'What became of it, the latest first, for HISTORY_RETENTION_DAYS, 365 unless set otherwise.',
  })
  async history(
    @Root() { id }: TaskRow,
    @Args(() => HistoryArgs) args: HistoryArgs,
    @Ctx() context: RequestContext,
  ): Promise<TaskHistoryConnection> {
    return new TaskHistoryConnection(await this.#loaders(context).history(args).load(id));
  }

  @FieldResolver(() => TaskOccurrenceConnection, {
    description: 'Its occurrences that were completed, the latest first, where it recurs.',
  })
  async completedOccurrences(
    @Root() { id }: TaskRow,
    @Args(() => HistoryArgs) args: HistoryArgs,
    @Ctx() context: RequestContext,
  ): Promise<TaskOccurrenceConnection> {
    return new TaskOccurrenceConnection(await this.#loaders(context).occurrences(args).load(id));
  }

  @Mutation(() => UndoPayload, {
    description: 'Takes back what a mutation has changed, all or none. CONFLICT when a task was changed since.',
  })
  @Directive(rateLimitDirective(WRITES))
  async undo(
    @Arg('token', () => String, { description: 'The `undoToken` of the mutation.' }) token: string,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<UndoPayload> {
    return new UndoPayload(await this.#history.undo(actor, { token }, { key: keyOf(key) }));
  }
}
