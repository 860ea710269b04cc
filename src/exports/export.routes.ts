import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Logger } from '../core/logger.ts';
import { RARE } from '../core/rate-limits.ts';
import { TEXT_PATTERN } from '../core/text.ts';
import { actorOf } from '../http/actor.ts';
import { NDJSON_TYPE } from '../http/body.ts';
import { failedRequest } from '../http/failed-request.ts';
import { problems } from '../http/problem.ts';
import { DOCUMENT_FORMATS, DOCUMENT_TYPES, type ExportDocument } from './export.documents.ts';
import type { ExportService } from './export.service.ts';

const exported = z
  .string()
  .meta({ maxLength: 2_147_483_647, pattern: TEXT_PATTERN, description: 'Lines of JSON, one object each.' });

const document = z.string().meta({
  maxLength: 2_147_483_647,
  pattern: TEXT_PATTERN,
  description: 'The tasks in the format that was asked for.',
});
const format = z.object({
  format: z.enum(DOCUMENT_FORMATS).describe('What the file is in.'),
});

/** A user's own data over REST, as a file. */
export function exportRoutes(exports: ExportService, logger: Logger): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    scope.get(
      '/auth/me/export',
      {
        config: { rateLimit: RARE },
        schema: {
          tags: ['account'],
          operationId: 'exportMe',
          summary: 'Everything that is kept about the user, as a file',
          description:
            'NDJSON: each line is an object whose `type` is `export`, `user`, `list`, `tag`, `task`, `security_event` or, at last, ' +
            '`end`, which counts tasks and events: a file without it was cut off. `POST /api/tasks/import` takes the tasks ' +
            'back, with lists and tags.',
          response: {
            200: { description: 'The file', content: { [NDJSON_TYPE]: { schema: exported } } },
            ...problems(),
          },
        },
      },
      async (request, reply) => {
        const actor = actorOf(request);
        // What fails now is still answered as any other error; later only the missing last line can tell.
        const first = await exports.part(actor);
        const pieces = whole(first.ndjson, exports.rest(actor, first));
        return sendFile(request, reply, { type: NDJSON_TYPE, fileName: 'premium-todo.ndjson', pieces });
      },
    );

    scope.get(
      '/tasks/export',
      {
        config: { rateLimit: RARE },
        schema: {
          tags: ['tasks'],
          operationId: 'exportTasks',
          summary: 'All tasks as a file for other programs',
          description:
            'A Markdown task list, a CSV file that Todoist imports, or a calendar of tasks (RFC 5545). None of them has room ' +
            'for everything; `GET /api/auth/me/export` has.',
          querystring: format,
          response: {
            200: {
              description: 'The file',
              content: Object.fromEntries(Object.values(DOCUMENT_TYPES).map((type) => [type, { schema: document }])),
            },
            ...problems(),
          },
        },
      },
      async (request, reply) =>
        sendFile(request, reply, await exports.document(actorOf(request), request.query.format)),
    );

    function sendFile(request: FastifyRequest, reply: FastifyReply, { type, fileName, pieces }: ExportDocument) {
      reply.type(`${type}; charset=utf-8`).header('content-disposition', `attachment; filename="${fileName}"`);
      const told = telling(pieces, (error) => failedRequest(request.raw, error, logger));
      return reply.send(Readable.from(told) as never);
    }
    done();
  };
}

/** No status can tell the client of what fails now; the log has it as that of any other request. */
async function* telling(parts: AsyncIterable<string>, tell: (error: unknown) => void): AsyncGenerator<string> {
  try {
    yield* parts;
  } catch (error) {
    tell(error);
    throw error;
  }
}

async function* whole(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}
