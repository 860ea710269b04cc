import { Readable } from 'node:stream';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Logger } from '../core/logger.ts';
import { RARE } from '../core/rate-limits.ts';
import { TEXT_PATTERN } from '../core/text.ts';
import { actorOf } from '../http/actor.ts';
import { NDJSON_TYPE } from '../http/body.ts';
import { failedRequest } from '../http/failed-request.ts';
import { problems } from '../http/problem.ts';
import type { ExportService } from './export.service.ts';

const exported = z
  .string()
  .meta({ maxLength: 2_147_483_647, pattern: TEXT_PATTERN, description: 'Lines of JSON, one object each.' });

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
            'NDJSON: each line is an object whose `type` is `export`, `user`, `task`, `security_event` or, at last, `end`, which ' +
            'counts the others: a file without it was cut off. `POST /api/tasks/import` takes the tasks back.',
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
        reply
          .type(`${NDJSON_TYPE}; charset=utf-8`)
          .header('content-disposition', 'attachment; filename="premium-todo.ndjson"');
        const parts = whole(first.ndjson, exports.rest(actor, first));
        return reply.send(Readable.from(telling(parts, (error) => failedRequest(request.raw, error, logger))) as never);
      },
    );
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
