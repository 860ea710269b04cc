import type { FastifyReply } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READS, WRITES } from '../core/rate-limits.ts';
import { actorOf } from '../http/actor.ts';
import { problems } from '../http/problem.ts';
import { etagOf, isKnownTo, updateOf, versionsOf } from './task.conditions.ts';
import { pageLinks } from './task.links.ts';
import {
  sortOrders,
  taskCreation,
  taskListQuery,
  taskPage,
  taskParameters,
  taskResource,
  taskUpdate,
  toResource,
} from './task.resource.ts';
import type { TaskService } from './task.service.ts';
import type { TaskRow } from './task.ts';

const reads = { rateLimit: READS };
const writes = { rateLimit: WRITES };
const tags = ['tasks'];
const ifMatch = z.object({ 'if-match': z.string().optional().describe('ETag that was read; 412 if it has changed.') });
const ifNoneMatch = z.object({
  'if-none-match': z.string().optional().describe('ETag that is known; 304 if current.'),
});
const retryKey = z.object({
  'idempotency-key': z.string().optional().describe('Names this request: sent again with it, nothing is made twice.'),
});

/** Tasks over REST. Bodies are validated by the service, by the same schemas that document them here. */
export function taskRoutes(tasks: TaskService): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    scope.get(
      '/tasks',
      {
        config: reads,
        schema: {
          tags,
          summary: 'List tasks',
          querystring: taskListQuery,
          response: { 200: taskPage, ...problems() },
        },
      },
      async (request, reply) => {
        const { page, limit, sort, search, completed } = request.query;
        const result = await tasks.offsetPage(actorOf(request), {
          page: Number(page),
          limit: Number(limit),
          orderBy: sortOrders(sort),
          search,
          filter: completed === undefined ? undefined : { completed: completed === 'true' },
        });
        reply.header('link', pageLinks(request.url, result));
        return { ...result, items: result.items.map(toResource) };
      },
    );

    scope.post(
      '/tasks',
      {
        config: writes,
        schema: {
          tags,
          summary: 'Create a task',
          headers: retryKey,
          body: taskCreation,
          response: { 201: taskResource, ...problems(409, 413) },
        },
      },
      async (request, reply) => {
        const key = request.headers['idempotency-key'];
        const actor = actorOf(request);
        const task = await (key === undefined
          ? tasks.create(actor, request.body)
          : tasks.createOnce(actor, key, request.body));
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
          summary: 'Read a task',
          params: taskParameters,
          headers: ifNoneMatch,
          response: { 200: taskResource, 304: z.null().describe('Not modified'), ...problems(403, 404) },
        },
      },
      async (request, reply) => {
        const task = await tasks.get(actorOf(request), request.params.id);
        // Caches may keep a task if they ask every time whether it is current.
        reply.header('cache-control', 'private, no-cache');
        if (isKnownTo(request.headers['if-none-match'], task))
          return reply.code(304).header('etag', etagOf(task)).send(null);
        return sendTask(reply, task);
      },
    );

    for (const [method, summary] of [
      ['PUT', 'Change a task'],
      ['PATCH', 'Change a task (JSON merge patch, RFC 7396)'],
    ] as const) {
      scope.route({
        method,
        url: '/tasks/:id',
        config: writes,
        schema: {
          tags,
          summary,
          params: taskParameters,
          headers: ifMatch,
          body: taskUpdate,
          response: { 200: taskResource, ...problems(403, 404, 409, 412, 413) },
        },
        handler: async (request, reply) => {
          const { changes, versions } = updateOf(request.body, versionsOf(request.headers['if-match']));
          return sendTask(reply, await tasks.update(actorOf(request), request.params.id, changes, versions));
        },
      });
    }

    scope.patch(
      '/tasks/:id/toggle',
      {
        config: writes,
        schema: {
          tags,
          summary: 'Complete an open task, reopen a completed one',
          params: taskParameters,
          response: { 200: taskResource, ...problems(403, 404) },
        },
      },
      async (request, reply) => sendTask(reply, await tasks.toggle(actorOf(request), request.params.id)),
    );

    scope.delete(
      '/tasks/:id',
      {
        config: writes,
        schema: {
          tags,
          summary: 'Delete a task',
          params: taskParameters,
          headers: ifMatch,
          response: { 204: z.null().describe('Deleted'), ...problems(403, 404, 412) },
        },
      },
      async (request, reply) => {
        await tasks.delete(actorOf(request), request.params.id, versionsOf(request.headers['if-match']));
        return reply.code(204).send(null);
      },
    );
    done();
  };
}

function sendTask(reply: FastifyReply, task: TaskRow) {
  reply.header('etag', etagOf(task));
  return toResource(task);
}
