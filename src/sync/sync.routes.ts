import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConnectedActor } from '../core/actor.ts';
import { type AppError, UnauthenticatedError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { MAXIMUM_PAGE_SIZE } from '../core/paging.ts';
import { READS } from '../core/rate-limits.ts';
import { actorOf } from '../http/actor.ts';
import { EVENT_STREAM_TYPE, type EventStream, openEventStream, type StreamEvent } from '../http/event-stream.ts';
import { failedRequest } from '../http/failed-request.ts';
import type { LiveConnections } from '../http/live-connections.ts';
import { pageParameters } from '../http/paging.ts';
import { problems } from '../http/problem.ts';
import { taskResource, toResource } from '../tasks/task.resource.ts';
import type { TaskChange } from './sync.changes.ts';
import type { SyncService } from './sync.service.ts';

const TOKEN_PATTERN = '^[\\w-]{1,100}$';
const syncToken = z.string().meta({ maxLength: 100, pattern: TOKEN_PATTERN });
const since = syncToken.optional();

const changesQuery = z.strictObject({
  since: since.describe('`sync_token` of the last answer or event; all tasks when absent.'),
  limit: pageParameters('Tasks').limit,
});

const taskChanges = z
  .object({
    changed: z
      .array(taskResource)
      .max(MAXIMUM_PAGE_SIZE)
      .describe('Tasks to put in the place of what the device has of them.'),
    deleted_ids: z
      .array(z.uuid().meta({ maxLength: 36 }))
      .max(MAXIMUM_PAGE_SIZE)
      .describe('Tasks to remove.'),
    sync_token: syncToken.describe('To be given back as `since` the next time.'),
    has_more: z.boolean().describe('Ask again at once: there is more.'),
    full_sync: z
      .boolean()
      .describe(
        'A page of a start: of what the device had before, only what is in a page of this start is still there.',
      ),
    labels_changed: z.boolean().describe('Tags or lists have changed since: ask for them.'),
  })
  .meta({ id: 'TaskChanges', description: 'What a device has to take over.' });

const eventsQuery = z.strictObject({
  since: since.describe(
    '`sync_token`, for clients that cannot set `Last-Event-ID`, which goes before; from now on when absent.',
  ),
});
const eventsHeaders = z.object({
  'last-event-id': since.describe('The `id` of the last event, as browsers send it when they come back.'),
});

/** Synchronisation over REST. */
export function syncRoutes(sync: SyncService, connections: LiveConnections, logger: Logger): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    scope.get(
      '/tasks/changes',
      {
        config: { rateLimit: READS },
        schema: {
          tags: ['sync'],
          operationId: 'listTaskChanges',
          summary: 'What has changed',
          description:
            'Without `since` all tasks, page by page; with it every task that has changed since, each once, in the order of their last changes. Ask again with the new token while `has_more`.',
          querystring: changesQuery,
          response: { 200: taskChanges.describe('What has changed'), ...problems() },
        },
      },
      async (request) => {
        const { since, limit } = request.query;
        const page = await sync.pull(actorOf(request), { since, first: Number(limit) });
        return {
          changed: page.changed.map(toResource),
          deleted_ids: page.deletedIds,
          sync_token: page.syncToken,
          has_more: page.hasMore,
          full_sync: page.fullSync,
          labels_changed: page.labelsChanged,
        };
      },
    );

    scope.get(
      '/tasks/events',
      {
        config: { rateLimit: READS },
        exposeHeadRoute: false,
        schema: {
          tags: ['sync'],
          operationId: 'followTaskChanges',
          summary: 'Changes as they happen',
          description:
            'Server-sent events: `created` and `updated` with the task, `deleted` with `{"id"}`, `labels` when tags or lists have changed, `resync` when what changed before is no longer known, and ' +
            '`end` with `{"code","detail"}` when the token is no longer accepted. The `id` of each but `end` is the sync token to come back with.',
          querystring: eventsQuery,
          headers: eventsHeaders,
          response: {
            200: {
              description: 'Events until one side goes',
              content: {
                [EVENT_STREAM_TYPE]: { schema: z.string().meta({ maxLength: 2_147_483_647, pattern: '^[\\s\\S]*$' }) },
              },
            },
            ...problems(),
          },
        },
      },
      async (request, reply) => {
        const actor = actorOf(request);
        const changes = await sync.follow(actor, request.headers['last-event-id'] ?? request.query.since);
        try {
          const stream = openStream(actor);
          // Fastify answers what is refused up to here; the rest is a stream of ours.
          reply.hijack();
          stream.onGone(() => void changes.return?.());
          await pour(changes, stream, (error) => failedRequest(request.raw, error, logger));
        } finally {
          await changes.return?.();
        }

        function openStream(follower: ConnectedActor): EventStream {
          const headers = reply.getHeaders() as OutgoingHttpHeaders;
          const options = { transport: 'rest_sse', connections, lastEvent, headers } as const;
          return openEventStream(request.raw, reply.raw, follower, options);
        }
      },
    );
    done();
  };
}

/** Until the client goes, the server ends the stream, or the actor is no longer let in. */
async function pour(
  changes: AsyncIterable<TaskChange>,
  stream: EventStream,
  failed: (error: unknown) => AppError,
): Promise<void> {
  try {
    for await (const change of changes) await stream.send(eventOf(change));
    stream.end();
  } catch (error) {
    if (!(error instanceof UnauthenticatedError)) failed(error);
    stream.end(error instanceof UnauthenticatedError ? 'unauthenticated' : undefined);
  }
}

function eventOf({ type, task, deletedTaskId, syncToken }: TaskChange): StreamEvent {
  const content = task ? toResource(task) : deletedTaskId === null ? {} : { id: deletedTaskId };
  return { event: type.toLowerCase(), id: syncToken, data: JSON.stringify(content) };
}

function lastEvent({ code, message }: UnauthenticatedError): StreamEvent {
  return { event: 'end', data: JSON.stringify({ code, detail: message }) };
}
