import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READS, WRITES } from '../core/rate-limits.ts';
import { actorOf } from '../http/actor.ts';
import { versionsOf } from '../http/conditions.ts';
import { cursorPageOf, cursorParameters } from '../http/cursor-page.ts';
import { idempotencyKeyOf as keyOf } from '../http/idempotency.ts';
import { problems } from '../http/problem.ts';
import { changeHeaders, idempotencyHeader } from '../http/write-headers.ts';
import { sendTask, taskParameters, taskResource, toResource } from './task.resource.ts';
import type { TrashService } from './trash.service.ts';

const tags = ['tasks'];

const trashPage = cursorPageOf(
  taskResource
    .extend({ deleted_at: z.iso.datetime().meta({ maxLength: 24 }).describe('When it was deleted.') })
    .meta({ id: 'DeletedTask', description: 'A task in the trash.' }),
).meta({ id: 'DeletedTaskPage', description: 'A page of the trash.' });

/** Deleted tasks over REST. */
export function trashRoutes(trash: TrashService): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    scope.get(
      '/tasks/trash',
      {
        config: { rateLimit: READS },
        schema: {
          tags,
          operationId: 'listDeletedTasks',
          summary: 'List deleted tasks',
          description: 'The latest deletions first, for TRASH_RETENTION_DAYS, 30 unless set otherwise.',
          querystring: z.strictObject(cursorParameters('Tasks')),
          response: { 200: trashPage.describe('A page of deleted tasks'), ...problems() },
        },
      },
      async (request) => {
        const { limit, after } = request.query;
        const page = await trash.page(actorOf(request), { first: Number(limit), after });
        const last = page.rows.at(-1);
        return {
          items: page.rows.map((task) => ({ ...toResource(task), deleted_at: task.deletedAt ?? '' })),
          next_cursor: page.hasNextPage && last ? page.cursorOf(last) : null,
        };
      },
    );

    scope.patch(
      '/tasks/:id/restore',
      {
        config: { rateLimit: WRITES },
        schema: {
          tags,
          operationId: 'restoreTask',
          summary: 'Restore a deleted task',
          description: 'With the subtasks that were deleted with it.',
          params: taskParameters,
          headers: changeHeaders,
          response: { 200: taskResource.describe('The task'), ...problems(403, 404, 409, 412) },
        },
      },
      async (request, reply) => {
        const options = { versions: versionsOf(request.headers['if-match']), key: keyOf(request, reply) };
        return sendTask(reply, await trash.restore(actorOf(request), request.params.id, options));
      },
    );

    scope.delete(
      '/tasks/trash/:id',
      {
        config: { rateLimit: WRITES },
        schema: {
          tags,
          operationId: 'purgeTask',
          summary: 'Empty a deleted task for good',
          description: 'With its history, and the subtasks that were deleted with it. There is no way back.',
          params: taskParameters,
          headers: idempotencyHeader,
          response: { 204: z.null().describe('Gone'), ...problems(403, 404, 409) },
        },
      },
      async (request, reply) => {
        await trash.purge(actorOf(request), request.params.id, { key: keyOf(request, reply) });
        return reply.code(204).send(null);
      },
    );
    done();
  };
}
