import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RARE } from '../core/rate-limits.ts';
import { TEXT_PATTERN } from '../core/text.ts';
import { actorOf } from '../http/actor.ts';
import { NDJSON_TYPE } from '../http/body.ts';
import { problems } from '../http/problem.ts';
import type { ImportService } from './import.service.ts';

const count = z.int32().min(0).meta({ format: 'int32' });
const outcome = z
  .object({
    added: count.describe('Tasks that are new.'),
    known: count.describe('Tasks whose id the user has used already; they stay as they are.'),
  })
  .meta({ id: 'ImportOutcome', description: 'What an import did.' });
const file = z.string().meta({
  // As many bytes as a body may ever have (`BODY_LIMIT`).
  maxLength: 104_857_600,
  pattern: TEXT_PATTERN,
  description: 'Lines of JSON, one object each, as an export has them.',
});

/** A user's own tasks from a file over REST. */
export function importRoutes(imports: ImportService): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    scope.post(
      '/tasks/import',
      {
        config: { rateLimit: RARE },
        schema: {
          tags: ['tasks'],
          operationId: 'importTasks',
          summary: 'Add the tasks of an export, all or none',
          description:
            'The lines of `GET /api/auth/me/export`, or some of them, at most 1,000 tasks at once. Ids, times and what is ' +
            'completed stay, so that nothing comes twice; faults are named by line.',
          consumes: [NDJSON_TYPE],
          body: file,
          response: { 200: outcome.describe('Done'), ...problems(409, 413) },
        },
      },
      async (request) => imports.restore(actorOf(request), request.body),
    );
    done();
  };
}
