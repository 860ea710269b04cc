import { Arg, Ctx, Directive, Mutation, Resolver } from 'type-graphql';
import { BATCHES, rateLimitDirective } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import { recordRefusal } from '../http/refusals.ts';
import { TaskCommandInputType } from './command.graphql-inputs.ts';
import { ApplyCommandsPayload } from './command.type.ts';
import type { TaskService } from './task.service.ts';

const COMMANDS = { description: 'The commands, at most 100, in the order in which they were given on the device.' };
const ATOMIC = {
  nullable: true,
  defaultValue: false,
  description:
    'All or none: when one fails, the others are NOT_APPLIED. Otherwise only those fail that cannot be applied.',
};

@Resolver()
export class CommandResolver {
  readonly #tasks: TaskService;
  readonly #events: SecurityEventLog;

  constructor(tasks: TaskService, events: SecurityEventLog) {
    this.#tasks = tasks;
    this.#events = events;
  }

  @Mutation(() => ApplyCommandsPayload, {
    description:
      'Applies what a device has gathered while it was offline, in order, each command once: a batch whose answer got lost ' +
      'is sent again as it was, in whatever pieces. Commands are remembered for SYNC_RETENTION_DAYS, 90 unless set otherwise.',
  })
  @Directive(rateLimitDirective(BATCHES))
  async applyCommands(
    @Arg('commands', () => [TaskCommandInputType], COMMANDS) commands: TaskCommandInputType[],
    @Arg('atomic', () => Boolean, ATOMIC) atomic: boolean | null,
    @Ctx() { actor, origin }: RequestContext,
  ): Promise<ApplyCommandsPayload> {
    const results = await this.#tasks.applyCommands(actor, { commands, atomic });
    // These are errors of no operation, which would be recorded by itself.
    for (const { error } of results) {
      if (error) recordRefusal(this.#events, error, { userId: actor.userId, origin });
    }
    return new ApplyCommandsPayload(results);
  }
}
