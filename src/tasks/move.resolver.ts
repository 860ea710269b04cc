import { Arg, Ctx, Directive, ID, Int, Mutation, Resolver } from 'type-graphql';
import { rateLimitDirective, WRITES } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import { EXPECTED_VERSION, IDEMPOTENCY_KEY, keyOf, onlyVersion } from '../core/write-arguments.ts';
import { MoveTaskPayload } from './task.payloads.ts';
import type { TaskService } from './task.service.ts';

const ANCHOR = (side: string) => ({ nullable: true, description: `The task that it is to stand ${side}.` });

@Resolver()
export class MoveResolver {
  readonly #tasks: TaskService;

  constructor(tasks: TaskService) {
    this.#tasks = tasks;
  }

  @Mutation(() => MoveTaskPayload, {
    description:
      'Moves a task in the order that the user has given: between `after` and `before`, of which one is enough.',
  })
  @Directive(rateLimitDirective(WRITES))
  async moveTask(
    @Arg('id', () => ID, { description: 'The id of the task.' }) id: string,
    @Arg('before', () => ID, ANCHOR('before')) before: string | null | undefined,
    @Arg('after', () => ID, ANCHOR('after')) after: string | null | undefined,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<MoveTaskPayload> {
    const options = { versions: onlyVersion(expectedVersion), key: keyOf(key) };
    return new MoveTaskPayload(await this.#tasks.move(actor, id, { before, after }, options));
  }
}
