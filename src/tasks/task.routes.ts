import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READS, WRITES } from '../core/rate-limits.ts';
import type { ResultCache } from '../core/result-cache.ts';
import { actorOf } from '../http/actor.ts';
import { etagOf, isKnownTo, updateOf, versionsOf } from '../http/conditions.ts';
import { idempotencyKeyOf as keyOf } from '../http/idempotency.ts';
import { pageLinks } from '../http/paging.ts';
import { problems } from '../http/problem.ts';
import { answerRevised } from '../http/revised-page.ts';
import { bodyOf } from '../http/snake-case.ts';
import { changeHeaders, idempotencyHeader } from '../http/write-headers.ts';
import type { CreateTaskInput } from './task.inputs.ts';
import { pageQueryOf, taskListQuery } from './task.list-resource.ts';
import {
  ifNoneMatchHeader,
  sendTask,
  taskCreation,
  taskPage,
  taskParameters,
  taskResource,
  taskUpdate,
  toResource,
  UNDO_TOKEN,
} from './task.resource.ts';
import type { TaskService } from './task.service.ts';
import { undoTokenOf } from './undo.token.ts';

const reads = { rateLimit: READS };
const writes = { rateLimit: WRITES };
const tags = ['tasks'];
const shown = taskResource.describe('The task');

/** Both change the same way; a JSON merge patch (RFC 7396) may also say by its type that it is one. */
const CHANGES = [
  { method: 'PUT', operationId: 'updateTask', summary: 'Change a task' },
  {
    method: 'PATCH',
    operationId: 'patchTask',
    summary: 'Change a task (JSON merge patch, RFC 7396)',
    consumes: ['application/merge-patch+json', 'application/json'],
  },
] as const;

/** Tasks over REST. Bodies are validated by the service, by the same schemas that document them here. */
export function taskRoutes(tasks: TaskService, results: ResultCache): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    scope.get(
      '/tasks',
      {
        config: reads,
        schema: {
          tags,
          operationId: 'listTasks',
          summary: 'List tasks',
          description:
            "A page of the user's own tasks, narrowed and sorted as asked; the `Link` header leads to the others. A page that is asked for again has an `ETag`, " +
            'with which nothing is sent while nothing of the user has changed.',
          querystring: taskListQuery,
          headers: ifNoneMatchHeader,
          response: {
            200: taskPage.describe('A page of tasks'),
            304: z.null().describe('Not modified'),
            ...problems(),
          },
        },
      },
      async (request, reply) => {
        const actor = actorOf(request);
        const make = async () => {
          const result = await tasks.offsetPage(actor, pageQueryOf(request.query));
          return { link: pageLinks(request.url, result), body: { ...result, items: result.items.map(toResource) } };
        };
        return answerRevised(results, actor.userId, request, reply, {
          isTimeBound: request.query.due !== undefined,
          make,
        });
      },
    );

    scope.post(
      '/tasks',
      {
        config: writes,
        schema: {
          tags,
          operationId: 'createTask',
          summary: 'Create a task',
          description: 'With an `id` of its own or an `Idempotency-Key` a client may send it again without harm.',
          headers: idempotencyHeader,
          body: taskCreation,
          response: { 201: taskResource.describe('The new task'), ...problems(409, 413) },
        },
      },
      async (request, reply) => {
        const task = await tasks.create(actorOf(request), bodyOf(request.body) as CreateTaskInput, {
          key: keyOf(request, reply),
        });
        reply.code(201).header('location', `/api/tasks/${task.id}`);
        return sendTask(reply, task);
      },
    );

    scope.get(
      '/tasks/:id',
      {
        config: reads,
        schema: {
          tags,
          operationId: 'getTask',
          summary: 'Read a task',
          description: 'A task of the user, with its version as `ETag`.',
          params: taskParameters,
          headers: ifNoneMatchHeader,
          response: { 200: shown, 304: z.null().describe('Not modified'), ...problems(403, 404) },
        },
      },
      async (request, reply) => {
        const task = await tasks.get(actorOf(request), request.params.id);
        // Caches may keep a task if they ask every time whether it is current.
        reply.header('cache-control', 'private, no-cache');
        if (isKnownTo(request.headers['if-none-match'], task))
          return reply.code(304).header('etag', etagOf(task)).send(null);
        return sendTask(reply, task, false);
      },
    );

    for (const { method, ...described } of CHANGES) {
      scope.route({
        method,
        url: '/tasks/:id',
        config: writes,
        schema: {
          tags,
          ...described,
          description:
            'Fields that are absent stay as they are, and `null` clears. `If-Match` keeps from changing unseen.',
          params: taskParameters,
          headers: changeHeaders,
          body: taskUpdate,
          response: { 200: shown, ...problems(403, 404, 409, 412, 413) },
        },
        handler: async (request, reply) => {
          const { changes, versions } = updateOf(request.body, versionsOf(request.headers['if-match']));
          const options = { versions, key: keyOf(request, reply) };
          return sendTask(reply, await tasks.update(actorOf(request), request.params.id, changes, options));
        },
      });
    }

    scope.patch(
      '/tasks/:id/toggle',
      {
        config: writes,
        schema: {
          tags,
          operationId: 'toggleTask',
          summary: 'Complete an open task, reopen a completed one',
          description: 'Turns over whatever the task is now, in one step.',
          params: taskParameters,
          headers: idempotencyHeader,
          response: { 200: shown, ...problems(403, 404, 409) },
        },
      },
      async (request, reply) =>
        sendTask(reply, await tasks.toggle(actorOf(request), request.params.id, { key: keyOf(request, reply) })),
    );

    scope.delete(
      '/tasks/:id',
      {
        config: writes,
        schema: {
          tags,
          operationId: 'deleteTask',
          summary: 'Delete a task',
          description: 'It is in no list and no search from then on.',
          params: taskParameters,
          headers: changeHeaders,
          response: { 204: z.null().describe('Deleted'), ...problems(403, 404, 409, 412) },
        },
      },
      async (request, reply) => {
        const options = { versions: versionsOf(request.headers['if-match']), key: keyOf(request, reply) };
        const deleted = await tasks.delete(actorOf(request), request.params.id, options);
        const undoToken = deleted.version > 0 ? undoTokenOf([deleted]) : null;
        if (undoToken !== null) reply.header(UNDO_TOKEN, undoToken);
        return reply.code(204).send(null);
      },
    );
    done();
  };
}
