import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READS, WRITES } from '../core/rate-limits.ts';
import { actorOf } from '../http/actor.ts';
import { versionsOf } from '../http/conditions.ts';
import { idempotencyKeyOf as keyOf } from '../http/idempotency.ts';
import { problems } from '../http/problem.ts';
import { bodyOf } from '../http/snake-case.ts';
import { changeHeaders } from '../http/write-headers.ts';
import { moveInput } from './task.inputs.ts';
import { criteriaOf, taskFilterQuery } from './task.list-resource.ts';
import { sendTask, taskParameters, taskResource } from './task.resource.ts';
import type { TaskService } from './task.service.ts';

const tags = ['tasks'];
const shown = taskResource.describe('The task');
const count = z.int32().min(0).meta({ format: 'int32' });

const stats = z
  .object({ total: count, completed: count, open: count })
  .meta({ id: 'TaskStats', description: 'Numbers of tasks.' });

const move = z
  .strictObject({
    before: moveInput.shape.before.describe('The task that it is to stand before.'),
    after: moveInput.shape.after.describe('The task that it is to stand after; one of both is enough.'),
  })
  .meta({ id: 'TaskMove', description: "A place in the user's own order." });

/** Both are an update of one field, under a name that needs no body. */
const COMPLETIONS = [
  {
    action: 'complete',
    completed: true,
    summary: 'Complete a task',
    description: 'Of a recurring task it completes an occurrence and plans the next.',
  },
  { action: 'reopen', completed: false, summary: 'Reopen a task', description: 'Makes a completed task an open one.' },
] as const;

/** What can be done with a task beside reading and changing it, and numbers of tasks, over REST. */
export function taskActionRoutes(tasks: TaskService): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    scope.get(
      '/tasks/stats',
      {
        config: { rateLimit: READS },
        schema: {
          tags,
          operationId: 'countTasks',
          summary: 'Count tasks',
          description: 'Of all tasks, or of those that the same parameters narrow a list to.',
          querystring: taskFilterQuery,
          response: { 200: stats.describe('The numbers'), ...problems() },
        },
      },
      async (request) => tasks.stats(actorOf(request), criteriaOf(request.query)),
    );

    for (const { action, completed, ...described } of COMPLETIONS) {
      scope.patch(
        `/tasks/:id/${action}`,
        {
          config: { rateLimit: WRITES },
          schema: {
            tags,
            operationId: `${action}Task`,
            ...described,
            params: taskParameters,
            headers: changeHeaders,
            response: { 200: shown, ...problems(403, 404, 409, 412) },
          },
        },
        async (request, reply) => {
          const options = { versions: versionsOf(request.headers['if-match']), key: keyOf(request, reply) };
          return sendTask(reply, await tasks.update(actorOf(request), request.params.id, { completed }, options));
        },
      );
    }

    scope.patch(
      '/tasks/:id/move',
      {
        config: { rateLimit: WRITES },
        schema: {
          tags,
          operationId: 'moveTask',
          summary: 'Move a task',
          description: "In the user's own order, which `sort=position` lists: between `after` and `before`.",
          params: taskParameters,
          headers: changeHeaders,
          body: move,
          response: { 200: shown, ...problems(403, 404, 409, 412, 413) },
        },
      },
      async (request, reply) => {
        const options = { versions: versionsOf(request.headers['if-match']), key: keyOf(request, reply) };
        const moved = await tasks.move(actorOf(request), request.params.id, bodyOf(request.body), options);
        return sendTask(reply, moved);
      },
    );
    done();
  };
}
