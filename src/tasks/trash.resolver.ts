import { Arg, Ctx, Directive, Extensions, Field, ID, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { READS, rateLimitDirective, WRITES } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import { REVISED } from '../core/result-cache.ts';
import { EXPECTED_VERSION, IDEMPOTENCY_KEY, keyOf, onlyVersion } from '../core/write-arguments.ts';
import { RestoreTaskPayload } from './task.payloads.ts';
import { TaskConnectionType } from './task.type.ts';
import type { TrashService } from './trash.service.ts';

const TASK_ID = { description: 'The id of a task in the trash.' };

@ObjectType({ description: 'What purgeTask did.', simpleResolvers: true })
class PurgeTaskPayload {
  @Field(() => ID, { description: 'The id of the task that is gone.' })
  purgedTaskId!: string;
}

@Resolver()
export class TrashResolver {
  readonly #trash: TrashService;

  constructor(trash: TrashService) {
    this.#trash = trash;
  }

  @Query(() => TaskConnectionType, {
    description: 'Deleted tasks, the latest deletions first, for TRASH_RETENTION_DAYS, 30 unless set otherwise.',
  })
  @Directive(rateLimitDirective(READS))
  @Extensions(REVISED)
  async deletedTasks(
    @Arg('first', () => Int, { nullable: true, description: 'So many: 1 to 100, 20 when absent.' })
    first: number | null | undefined,
    @Arg('after', () => String, { nullable: true, description: 'Only what comes after this cursor.' })
    after: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<TaskConnectionType> {
    return new TaskConnectionType(await this.#trash.page(actor, { first, after }));
  }

  @Mutation(() => RestoreTaskPayload, {
    description: 'Takes a task out of the trash, with the subtasks that went there with it.',
  })
  @Directive(rateLimitDirective(WRITES))
  async restoreTask(
    @Arg('id', () => ID, TASK_ID) id: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<RestoreTaskPayload> {
    const options = { versions: onlyVersion(expectedVersion), key: keyOf(key) };
    return new RestoreTaskPayload(await this.#trash.restore(actor, id, options));
  }

  @Mutation(() => PurgeTaskPayload, {
    description: 'Empties a task in the trash and its subtasks there, with their history, for good.',
  })
  @Directive(rateLimitDirective(WRITES))
  async purgeTask(
    @Arg('id', () => ID, TASK_ID) id: string,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<PurgeTaskPayload> {
    return { purgedTaskId: await this.#trash.purge(actor, id, { key: keyOf(key) }) };
  }
}
