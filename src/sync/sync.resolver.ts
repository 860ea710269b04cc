import { Arg, Ctx, Directive, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { READS, rateLimitDirective } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { TaskChange } from './sync.changes.ts';
import type { SyncPage, SyncService } from './sync.service.ts';
import { TaskChangeType, TaskSyncPayload } from './sync.type.ts';

/** What the transports of subscriptions give to them: TypeGraphQL has no instance where a subscription begins. */
export interface SubscriptionContext extends RequestContext {
  readonly sync: SyncService;
}

@Resolver()
export class SyncResolver {
  readonly #sync: SyncService;

  constructor(sync: SyncService) {
    this.#sync = sync;
  }

  @Query(() => TaskSyncPayload, {
    description:
      "What has changed of the user's tasks since a token was given, each task once; without one all tasks, page by page. Ask again with the new token while `hasMore`.",
  })
  @Directive(rateLimitDirective(READS))
  taskSync(
    @Arg('since', () => String, { nullable: true, description: '`syncToken` of the last answer or event.' })
    since: string | null | undefined,
    @Arg('first', () => Int, { nullable: true, description: 'So many tasks at most: 1 to 100, 20 when absent.' })
    first: number | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<SyncPage> {
    return this.#sync.pull(actor, { since, first });
  }

  @Subscription(() => TaskChangeType, {
    description:
      "Every change of the user's tasks, one after the other: first those since a token was given, then those to come. A subscription counts as one read.",
    subscribe: ({ args, context }) => follow(context as SubscriptionContext, args as { since?: string | null }),
  })
  taskChanged(
    @Arg('since', () => String, {
      nullable: true,
      description: '`syncToken` of the last answer or event; from now on when absent.',
    })
    _since: string | null | undefined,
    @Root() change: TaskChange,
  ): TaskChange {
    return change;
  }
}

async function follow({ sync, actor }: SubscriptionContext, { since }: { since?: string | null }) {
  return sync.follow(actor, since);
}
