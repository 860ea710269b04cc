import { Arg, Args, ArgsType, Ctx, Directive, Field, ID, Int, Mutation, Resolver } from 'type-graphql';
import { BATCHES, rateLimitDirective } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import { IDEMPOTENCY_KEY, keyOf } from '../core/write-arguments.ts';
import { recordRefusal } from '../http/refusals.ts';
import type { BulkOutcome, BulkService } from './bulk.service.ts';
import { CreateTasksPayload, DeleteTasksPayload, UpdateTasksPayload } from './bulk.type.ts';
import { CreateTaskInputType, UpdateTaskInputType } from './task.graphql-inputs.ts';
import { TaskFilterInput } from './task.list-graphql-inputs.ts';

const DRY_RUN = { nullable: true, description: 'Only says what would be done.' };

@ArgsType()
class DeleteTasksArgs {
  @Field(() => [ID], { nullable: true, description: 'The tasks, at most 100. Either these or filter.' })
  ids?: string[] | null;

  @Field(() => TaskFilterInput, { nullable: true, description: 'Which tasks. Either this or ids.' })
  filter?: TaskFilterInput | null;

  @Field(() => Int, {
    nullable: true,
    description: 'With filter: nothing is written when it finds more; 1 to 100, 100 when absent.',
  })
  maxAffected?: number | null;

  @Field(() => [Int], { nullable: true, description: 'With ids: the version of each that was read.' })
  expectedVersions?: number[] | null;

  @Field(() => Boolean, DRY_RUN)
  dryRun?: boolean | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey?: string | null;
}

@ArgsType()
class UpdateTasksArgs extends DeleteTasksArgs {
  @Field(() => UpdateTaskInputType, { description: 'What to change in each of them.' })
  set!: UpdateTaskInputType;
}

@Resolver()
export class BulkResolver {
  readonly #bulk: BulkService;
  readonly #events: SecurityEventLog;

  constructor(bulk: BulkService, events: SecurityEventLog) {
    this.#bulk = bulk;
    this.#events = events;
  }

  @Mutation(() => CreateTasksPayload, { description: 'Creates up to 100 tasks, all or none.' })
  @Directive(rateLimitDirective(BATCHES))
  async createTasks(
    @Arg('inputs', () => [CreateTaskInputType], { description: 'The tasks to create, in order.' })
    inputs: CreateTaskInputType[],
    @Arg('dryRun', () => Boolean, DRY_RUN) dryRun: boolean | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<CreateTasksPayload> {
    const outcome = this.#bulk.create(context.actor, { inputs, dryRun }, { key: keyOf(key) });
    return new CreateTasksPayload(await this.#recorded(outcome, context));
  }

  @Mutation(() => UpdateTasksPayload, { description: 'Changes up to 100 tasks in the same way, all or none.' })
  @Directive(rateLimitDirective(BATCHES))
  async updateTasks(
    @Args(() => UpdateTasksArgs) { idempotencyKey, ...input }: UpdateTasksArgs,
    @Ctx() context: RequestContext,
  ): Promise<UpdateTasksPayload> {
    const outcome = this.#bulk.update(context.actor, input, { key: keyOf(idempotencyKey) });
    return new UpdateTasksPayload(await this.#recorded(outcome, context));
  }

  @Mutation(() => DeleteTasksPayload, { description: 'Deletes up to 100 tasks with their subtasks, all or none.' })
  @Directive(rateLimitDirective(BATCHES))
  async deleteTasks(
    @Args(() => DeleteTasksArgs) { idempotencyKey, ...input }: DeleteTasksArgs,
    @Ctx() context: RequestContext,
  ): Promise<DeleteTasksPayload> {
    const outcome = this.#bulk.delete(context.actor, input, { key: keyOf(idempotencyKey) });
    return new DeleteTasksPayload(await this.#recorded(outcome, context));
  }

  /** What single ones are refused for is no error of the operation, which would be recorded by itself. */
  async #recorded(outcome: Promise<BulkOutcome>, { actor, origin }: RequestContext): Promise<BulkOutcome> {
    const { errors } = await outcome;
    for (const { error } of errors) recordRefusal(this.#events, error, { userId: actor.userId, origin });
    return outcome;
  }
}
