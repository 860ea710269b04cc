import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READS, WRITES } from '../core/rate-limits.ts';
import { actorOf } from '../http/actor.ts';
import { etagOf, updateOf, versionsOf } from '../http/conditions.ts';
import { idempotencyKeyOf as keyOf } from '../http/idempotency.ts';
import { problems } from '../http/problem.ts';
import { bodyOf } from '../http/snake-case.ts';
import { STORED_TEXT } from '../http/stored-text.ts';
import { changeHeaders, idempotencyHeader } from '../http/write-headers.ts';
import { type CreateLabelInput, createLabelInput, updateLabelInput } from './label.inputs.ts';
import type { LabelService } from './label.service.ts';
import type { LabelKind, LabelRow } from './label.ts';

const moment = z.iso.datetime().meta({ maxLength: 24 });
const version = z.int32().min(1).meta({ format: 'int32' });
const ignored = z.unknown().optional().describe('Ignored.');

/** How a tag or a list is called, and what REST says of it. */
const KINDS = {
  tags: { one: 'tag', type: 'Tag', meaning: 'A word that a user puts on tasks.' },
  lists: { one: 'list', type: 'TaskList', meaning: 'Tasks that belong together; each is in at most one list.' },
} as const;

/** Made once for each kind: names of schemas are those of the whole process. */
const SCHEMAS = { tags: schemasOf('tags'), lists: schemasOf('lists') };

/** Tags or lists over REST. */
export function labelRoutes(labels: LabelService, kind: LabelKind): FastifyPluginCallbackZod {
  const { one, type } = KINDS[kind];
  const capital = type.replace('TaskList', 'List');
  const tags = [kind];
  const { resource, all, creation, update, params } = SCHEMAS[kind];
  const shown = resource.describe(`The ${one}`);

  return (scope, _options, done) => {
    scope.get(
      `/${kind}`,
      {
        config: { rateLimit: READS },
        schema: {
          tags,
          operationId: `list${capital}s`,
          summary: `All ${kind}`,
          description: 'By their names; there are at most 500.',
          response: { 200: all.describe(`The ${kind}`), ...problems() },
        },
      },
      async (request) => ({ items: (await labels.all(actorOf(request), kind)).map(toResource) }),
    );

    scope.post(
      `/${kind}`,
      {
        config: { rateLimit: WRITES },
        schema: {
          tags,
          operationId: `create${capital}`,
          summary: `Create a ${one}`,
          description: 'No two of a user have the same name, whatever the case.',
          headers: idempotencyHeader,
          body: creation,
          response: { 201: resource.describe(`The new ${one}`), ...problems(409, 413) },
        },
      },
      async (request, reply) => {
        const input = bodyOf(request.body) as unknown as CreateLabelInput;
        const label = await labels.create(actorOf(request), kind, input, { key: keyOf(request, reply) });
        reply.code(201).header('location', `/api/${kind}/${label.id}`).header('etag', etagOf(label));
        return toResource(label);
      },
    );

    scope.get(
      `/${kind}/:id`,
      {
        config: { rateLimit: READS },
        schema: {
          tags,
          operationId: `get${capital}`,
          summary: `Read a ${one}`,
          description: `A ${one} of the user, with its version as \`ETag\`.`,
          params,
          response: { 200: shown, ...problems(404) },
        },
      },
      async (request, reply) => {
        const label = await labels.get(actorOf(request), kind, request.params.id);
        reply.header('etag', etagOf(label));
        return toResource(label);
      },
    );

    for (const method of ['PUT', 'PATCH'] as const) {
      scope.route({
        method,
        url: `/${kind}/:id`,
        config: { rateLimit: WRITES },
        schema: {
          tags,
          operationId: `${method === 'PUT' ? 'update' : 'patch'}${capital}`,
          summary: `Change a ${one}`,
          description: 'Fields that are absent stay as they are, and `null` clears.',
          params,
          headers: changeHeaders,
          body: update,
          response: { 200: shown, ...problems(404, 409, 412, 413) },
        },
        handler: async (request, reply) => {
          const { changes, versions } = updateOf(request.body, versionsOf(request.headers['if-match']));
          const options = { versions, key: keyOf(request, reply) };
          const label = await labels.update(actorOf(request), kind, request.params.id, changes, options);
          reply.header('etag', etagOf(label));
          return toResource(label);
        },
      });
    }

    scope.delete(
      `/${kind}/:id`,
      {
        config: { rateLimit: WRITES },
        schema: {
          tags,
          operationId: `delete${capital}`,
          summary: `Delete a ${one}`,
          description: 'Its tasks stay, without it.',
          params,
          headers: changeHeaders,
          response: { 204: z.null().describe('Deleted'), ...problems(404, 409, 412) },
        },
      },
      async (request, reply) => {
        const options = { versions: versionsOf(request.headers['if-match']), key: keyOf(request, reply) };
        await labels.delete(actorOf(request), kind, request.params.id, options);
        return reply.code(204).send(null);
      },
    );
    done();
  };
}

function schemasOf(kind: LabelKind) {
  const { one, type, meaning } = KINDS[kind];
  const resource = z
    .object({
      id: z.uuid().meta({ maxLength: 36 }),
      name: z.string().meta({ minLength: 1, maxLength: 100, pattern: STORED_TEXT }),
      color: z.string().meta({ maxLength: 7, pattern: '^#[0-9a-f]{6}$' }).nullable(),
      created_at: moment,
      updated_at: moment,
      version: version.describe('Starts at 1 and grows by 1 with every change; also the ETag.'),
    })
    .meta({ id: type, description: meaning });
  const all = z
    .object({ items: z.array(resource).meta({ maxItems: 500 }) })
    .meta({ id: `${type}s`, description: `All ${kind} of the user, by their names.` });
  const creation = createLabelInput.meta({ id: `${type}Creation`, description: `A new ${one}.` });
  const update = z
    .strictObject({
      ...updateLabelInput.shape,
      id: ignored,
      created_at: ignored,
      updated_at: ignored,
      version: version.optional().describe('The version that was read; 409 if it has changed since.'),
    })
    .meta({ id: `${type}Update`, description: `Changes of a ${one}: absent fields stay, null clears.` });
  const params = z.object({
    id: z.string().meta({ format: 'uuid', maxLength: 36, description: `The id of the ${one}.` }),
  });
  return { resource, all, creation, update, params };
}

function toResource({ id, name, color, createdAt, updatedAt, version }: LabelRow) {
  return { id, name, color, created_at: createdAt, updated_at: updatedAt, version };
}
