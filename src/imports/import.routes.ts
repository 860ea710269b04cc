import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RARE } from '../core/rate-limits.ts';
import { TEXT_PATTERN } from '../core/text.ts';
import { actorOf } from '../http/actor.ts';
import { NDJSON_TYPE, TEXT_TYPES, textTypeOf } from '../http/body.ts';
import { problems } from '../http/problem.ts';
import type { ImportFormat } from './file-formats.ts';
import type { ImportOutcome, ImportService } from './import.service.ts';

const FORMATS: Record<Exclude<(typeof TEXT_TYPES)[number], typeof NDJSON_TYPE>, ImportFormat> = {
  'text/markdown': 'MARKDOWN',
  'text/csv': 'TODOIST_CSV',
  'text/calendar': 'ICALENDAR',
};

const count = z.int32().min(0).meta({ format: 'int32' });
const outcome = z
  .object({
    added: count.describe('Tasks that are new; with dry_run, those that would be.'),
    known: count.describe('Tasks that were imported before, or whose id the user has used; they stay as they are.'),
    dry_run: z.boolean().describe('Whether nothing was written, as it was asked for.'),
    faults: z
      .array(
        z.object({
          line: count.describe('The number of the line, from 1.'),
          message: z.string().max(2000).describe('What is wrong with it.'),
          left_out: z.boolean().describe('Whether a task is missing for it; otherwise one lacks something.'),
        }),
      )
      .max(1001)
      .describe('What was not taken as it stands, by line; of very many the first.'),
  })
  .meta({ id: 'ImportOutcome', description: 'What an import did.' });
const file = z.string().meta({
  // As many bytes as a body may ever have (`BODY_LIMIT`).
  maxLength: 104_857_600,
  pattern: TEXT_PATTERN,
  description: 'The file. The content type says what it is in.',
});
const query = z.object({
  dry_run: z.enum(['true', 'false']).optional().describe('Only says what would be done.'),
  time_zone: z
    .string()
    .optional()
    .meta({ maxLength: 64, pattern: '^[A-Za-z0-9_+/-]+$' })
    .describe('An IANA time zone: that of times which name none. That of the user when absent.'),
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
          summary: 'Add the tasks of a file, all or none',
          description:
            'At most 1,000 tasks at once. NDJSON: the lines of `GET /api/auth/me/export`, or some of them; ids, times and what ' +
            'is completed stay, so that nothing comes twice, and nothing is added when a line cannot be used. Markdown task ' +
            'lists, CSV of Todoist, and calendars: what can be used is added, `faults` say what cannot, and the same file ' +
            'again adds nothing.',
          consumes: [...TEXT_TYPES],
          querystring: query,
          body: file,
          response: { 200: outcome.describe('Done'), ...problems(409, 413) },
        },
      },
      async (request) => {
        const { dry_run, time_zone: timeZone } = request.query;
        const [type, dryRun] = [textTypeOf(request.raw), dry_run === 'true'];
        const { body } = request;
        const actor = actorOf(request);
        return toOutcome(
          type === NDJSON_TYPE
            ? await imports.restore(actor, body, { dryRun })
            : await imports.importFile(actor, { format: FORMATS[type], text: body, dryRun, timeZone }),
        );
      },
    );
    done();
  };
}

function toOutcome({ added, known, dryRun, faults }: ImportOutcome): z.output<typeof outcome> {
  return {
    added,
    known,
    dry_run: dryRun,
    faults: faults.map(({ line, message, leftOut }) => ({ line, message, left_out: leftOut })),
  };
}
