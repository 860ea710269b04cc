import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READS, WRITES } from '../core/rate-limits.ts';
import { actorOf } from '../http/actor.ts';
import { cursorPageOf, cursorParameters } from '../http/cursor-page.ts';
import { idempotencyKeyOf as keyOf } from '../http/idempotency.ts';
import { problems } from '../http/problem.ts';
import { bodyOf, toSnakeCase } from '../http/snake-case.ts';
import { STORED_TEXT } from '../http/stored-text.ts';
import { idempotencyHeader } from '../http/write-headers.ts';
import type { CompletedOccurrence } from './history.queries.ts';
import type { HistoryEntry, HistoryPage, HistoryService, UndoInput } from './history.service.ts';
import { taskParameters, taskResource, toResource } from './task.resource.ts';
import type { TaskService } from './task.service.ts';
import { UNDO_TOKEN_PATTERN, undoTokenOf } from './undo.token.ts';

const tags = ['tasks'];
const moment = z.iso.datetime().meta({ maxLength: 24 });
const version = z.int32().min(1).meta({ format: 'int32' });
const value = z.string().meta({ maxLength: 65_536, pattern: STORED_TEXT }).nullable();
const undoToken = z.string().meta({ maxLength: 3000, pattern: UNDO_TOKEN_PATTERN.source });

const historyPage = cursorPageOf(
  z
    .object({
      version: version.describe('The version that the change led to.'),
      changed_at: moment,
      changes: z
        .array(
          z.object({
            field: z.string().meta({ maxLength: 30, pattern: '^[a-z_]+$' }),
            before: value.describe('Its value before, as text; ids with commas between them.'),
            after: value,
          }),
        )
        .meta({ maxItems: 20 }),
    })
    .meta({ id: 'TaskHistoryEntry', description: 'One change of a task.' }),
).meta({ id: 'TaskHistoryPage', description: 'A page of the history of a task.' });

const occurrencePage = cursorPageOf(
  z
    .object({
      version: version.describe('The version that completing it led to.'),
      due_date: z.iso.date().meta({ maxLength: 10 }).nullable(),
      due_at: moment.nullable(),
      completed_at: moment,
    })
    .meta({ id: 'TaskOccurrence', description: 'A completed occurrence of a recurring task.' }),
).meta({ id: 'TaskOccurrencePage', description: 'A page of completed occurrences.' });

const undo = z
  .strictObject({ token: undoToken })
  .meta({ id: 'Undo', description: 'Names the request that is taken back.' });

const undone = z
  .object({
    tasks: z.array(taskResource).meta({ maxItems: 100 }).describe('The tasks that are there, as they are again.'),
    deleted_ids: z
      .array(z.uuid().meta({ maxLength: 36 }))
      .meta({ maxItems: 100 })
      .describe('The ids of tasks that are not there again: they had been created.'),
    undo_token: undoToken.nullable().describe('To do it all the same.'),
  })
  .meta({ id: 'Undone', description: 'What was taken back.' });

/** What became of tasks, and how it is taken back, over REST. */
export function historyRoutes(history: HistoryService, tasks: TaskService): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    const described = {
      tags,
      params: taskParameters,
      querystring: z.strictObject(cursorParameters('Entries')),
    };
    scope.get(
      '/tasks/:id/history',
      {
        config: { rateLimit: READS },
        schema: {
          ...described,
          operationId: 'listTaskHistory',
          summary: 'What became of a task',
          description: 'Its changes, the latest first, for HISTORY_RETENTION_DAYS, 365 unless set otherwise.',
          response: { 200: historyPage.describe('A page of changes'), ...problems(403, 404) },
        },
      },
      async (request) => {
        const { limit, after } = request.query;
        const actor = actorOf(request);
        const { id } = await tasks.get(actor, request.params.id);
        const [page] = await history.history(actor, [id], { first: Number(limit), after });
        return pageOf(page, historyEntry);
      },
    );

    scope.get(
      '/tasks/:id/occurrences',
      {
        config: { rateLimit: READS },
        schema: {
          ...described,
          operationId: 'listTaskOccurrences',
          summary: 'Completed occurrences of a recurring task',
          description: 'The latest first.',
          response: { 200: occurrencePage.describe('A page of occurrences'), ...problems(403, 404) },
        },
      },
      async (request) => {
        const { limit, after } = request.query;
        const actor = actorOf(request);
        const { id } = await tasks.get(actor, request.params.id);
        const [page] = await history.occurrences(actor, [id], { first: Number(limit), after });
        return pageOf(page, occurrence);
      },
    );

    scope.post(
      '/undo',
      {
        config: { rateLimit: WRITES },
        schema: {
          tags,
          operationId: 'undo',
          summary: 'Take back what a request has changed',
          description: 'All or none; 409 when a task was changed since. The token is the `Undo-Token` of the answer.',
          headers: idempotencyHeader,
          body: undo,
          response: { 200: undone.describe('Taken back'), ...problems(403, 404, 409, 413) },
        },
      },
      async (request, reply) => {
        const input = bodyOf(request.body) as UndoInput;
        const result = await history.undo(actorOf(request), input, { key: keyOf(request, reply) });
        return {
          tasks: result.tasks.map(toResource),
          deleted_ids: result.deletedIds,
          undo_token: undoTokenOf(result.changes),
        };
      },
    );
    done();
  };
}

function pageOf<Entry, Shown>(page: HistoryPage<Entry> | undefined, show: (entry: Entry) => Shown) {
  const last = page?.entries.at(-1);
  return {
    items: page?.entries.map(show) ?? [],
    next_cursor: page?.hasNextPage && last ? page.cursorOf(last) : null,
  };
}

function historyEntry({ version, changedAt, changes }: HistoryEntry) {
  return {
    version,
    changed_at: changedAt,
    changes: changes.map(({ field, ...values }) => ({ field: toSnakeCase(field), ...values })),
  };
}

function occurrence({ version, dueDate, dueAt, completedAt }: CompletedOccurrence) {
  return { version, due_date: dueDate, due_at: dueAt, completed_at: completedAt };
}
