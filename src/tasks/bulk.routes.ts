import type { FastifyRequest } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ERROR_STATUS, type ErrorCode } from '../core/errors.ts';
import { expectedVersion } from '../core/input.schemas.ts';
import { BATCHES } from '../core/rate-limits.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import { actorOf } from '../http/actor.ts';
import { idempotencyKeyOf as keyOf } from '../http/idempotency.ts';
import { originOf } from '../http/origin.ts';
import { problems } from '../http/problem.ts';
import { recordRefusal } from '../http/refusals.ts';
import { bodyOf, toSnakeCase } from '../http/snake-case.ts';
import { idempotencyHeader } from '../http/write-headers.ts';
import { MAXIMUM_ITEMS } from './bulk.inputs.ts';
import type { BulkOutcome, BulkService } from './bulk.service.ts';
import { type CreateTaskInput, taskId } from './task.inputs.ts';
import { filterOf, taskConditionsQuery } from './task.list-resource.ts';
import { taskChanges, taskCreation, taskResource, toResource } from './task.resource.ts';
import { UNDO_TOKEN_PATTERN, undoTokenOf } from './undo.token.ts';

const tags = ['tasks'];
const count = z.int32().min(0).meta({ format: 'int32' });
const dryRun = z.boolean().optional().describe('Only says what would be done.');

const outcome = z
  .object({
    affected: count.describe('How many tasks were changed; with dry_run, how many would be.'),
    tasks: z
      .array(taskResource)
      .meta({ maxItems: MAXIMUM_ITEMS })
      .describe('The tasks after the write, or as they were before they were deleted.'),
    errors: z
      .array(
        z.object({
          index: count.describe('Its place in what was sent, or among what was found; from 0.'),
          id: z.uuid().meta({ maxLength: 36 }).nullable(),
          code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]),
          detail: z.string().meta({ maxLength: 20_000 }),
          fields: z
            .array(z.object({ field: z.string().max(200), message: z.string().max(500) }))
            .meta({ maxItems: 50 }),
          version: z.int32().min(1).meta({ format: 'int32' }).nullable().describe('That the task has now.'),
        }),
      )
      .meta({ maxItems: MAXIMUM_ITEMS })
      .describe('Why nothing was written, if so.'),
    undo_token: z
      .string()
      .meta({ maxLength: 3000, pattern: UNDO_TOKEN_PATTERN.source })
      .nullable()
      .describe('To be given to `POST /api/undo`; null where nothing was changed.'),
  })
  .meta({ id: 'BulkOutcome', description: 'What became of many tasks: all were written, or none.' });

const creations = z
  .strictObject({ tasks: z.array(taskCreation).min(1).max(MAXIMUM_ITEMS), dry_run: dryRun })
  .meta({ id: 'BulkCreation', description: 'New tasks.' });

const targets = {
  ids: z
    .array(taskId)
    .min(1)
    .max(MAXIMUM_ITEMS)
    .optional()
    .describe('The tasks. Where they are not given, the parameters of the request say which, and there must be some.'),
  expected_versions: z
    .array(expectedVersion.meta({ format: 'int32', maximum: 2_147_483_647 }))
    .max(MAXIMUM_ITEMS)
    .optional()
    .describe('With ids: the version of each that was read.'),
  max_affected: z
    .int32()
    .min(1)
    .max(MAXIMUM_ITEMS)
    .optional()
    .meta({ format: 'int32' })
    .describe('Nothing is written when the parameters find more.'),
  dry_run: dryRun,
};
const changes = z
  .strictObject({ ...targets, set: taskChanges })
  .meta({ id: 'BulkChange', description: 'What to change in each of many tasks.' });
const deletions = z.strictObject(targets).meta({ id: 'BulkDeletion', description: 'Tasks to delete.' });

/** Writes of many tasks over REST: POST, since what is done with them stands in the body. */
export function bulkRoutes(bulk: BulkService, events: SecurityEventLog): FastifyPluginCallbackZod {
  /** What single ones are refused for is no error of the request, which would be recorded by itself. */
  function answerOf(request: FastifyRequest, outcome: BulkOutcome) {
    const refused = { userId: actorOf(request).userId, origin: originOf(request.raw) };
    for (const { error } of outcome.errors) recordRefusal(events, error, refused);
    return toOutcome(outcome);
  }

  return (scope, _options, done) => {
    const common = { tags, headers: idempotencyHeader };
    const response = { 200: outcome.describe('All or none'), ...problems(409, 413) };

    scope.post(
      '/tasks/bulk/create',
      {
        config: { rateLimit: BATCHES },
        schema: {
          ...common,
          operationId: 'createTasks',
          summary: 'Create many tasks',
          description: 'Up to 100, all or none: where one is refused, `errors` says which and why.',
          body: creations,
          response,
        },
      },
      async (request, reply) => {
        const { tasks, ...others } = bodyOf(request.body);
        const inputs = Array.isArray(tasks) ? tasks.map(itemOf) : tasks;
        const input = { inputs, ...others } as { inputs: CreateTaskInput[] };
        return answerOf(request, await bulk.create(actorOf(request), input, { key: keyOf(request, reply) }));
      },
    );

    scope.post(
      '/tasks/bulk/update',
      {
        config: { rateLimit: BATCHES },
        schema: {
          ...common,
          operationId: 'updateTasks',
          summary: 'Change many tasks in the same way',
          description: 'Up to 100, all or none: those of `ids`, or those that the parameters of a list find.',
          querystring: taskConditionsQuery,
          body: changes,
          response,
        },
      },
      async (request, reply) => {
        const { set, ...others } = bodyOf(request.body);
        const input = { ...others, filter: filterOf(request.query), set: itemOf(set) };
        return answerOf(request, await bulk.update(actorOf(request), input as never, { key: keyOf(request, reply) }));
      },
    );

    scope.post(
      '/tasks/bulk/delete',
      {
        config: { rateLimit: BATCHES },
        schema: {
          ...common,
          operationId: 'deleteTasks',
          summary: 'Delete many tasks',
          description: 'Up to 100 with their subtasks, all or none: those of `ids`, or those that the parameters find.',
          querystring: taskConditionsQuery,
          body: deletions,
          response,
        },
      },
      async (request, reply) => {
        const input = { ...bodyOf(request.body), filter: filterOf(request.query) };
        return answerOf(request, await bulk.delete(actorOf(request), input as never, { key: keyOf(request, reply) }));
      },
    );
    done();
  };
}

/** By the names of the services; what is no object is for them to refuse, by its place. */
function itemOf(item: unknown): unknown {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? bodyOf(item) : item;
}

function toOutcome({ tasks, errors, affected, isDryRun }: BulkOutcome): z.output<typeof outcome> {
  return {
    affected,
    tasks: tasks.map(toResource),
    errors: errors.map(({ index, id, error: { code, message, details } }) => ({
      index,
      id,
      code,
      detail: message,
      fields: details.fields?.map(({ field, message: said }) => ({ field: toSnakeCase(field), message: said })) ?? [],
      version: details.version ?? null,
    })),
    undo_token: isDryRun ? null : undoTokenOf(tasks),
  };
}
