import type { RequestListener } from 'node:http';
import fastJson from 'fast-json-stringify';
import Fastify, {
  type FastifyInstance,
  type FastifyPluginCallback,
  type FastifySchemaCompiler,
  type FastifySerializerCompiler,
} from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Logger } from '../core/logger.ts';
import type { RateLimits } from '../core/rate-limits.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import type { Tracing } from '../core/tracing.ts';
import { assertPlainJson, parseJson, TEXT_TYPES, textOfFile } from '../http/body.ts';
import { createHttpServer } from '../http/http-server.ts';
import { refuseMalformed } from '../http/malformed.ts';
import type { UpgradeHandler } from '../http/upgrades.ts';
import { requireActor } from './authentication.ts';
import { createErrorHandler } from './errors.ts';
import { describeApi, serveDocs } from './openapi.ts';
import { scopeNamed } from './scope.ts';
import { traceRequests, traceRoutes } from './traced-routes.ts';
import { refuseUnknownRoutes } from './unknown-routes.ts';

export interface RestServerOptions {
  authenticator: Authenticator;
  rateLimits: RateLimits;
  events: SecurityEventLog;
  logger: Logger;
  /** bytes of a body at most */
  bodyLimit: number;
  /** routes under /api that need a user */
  userRoutes: readonly FastifyPluginCallback[];
  /** routes that need none; their schemas are not part of the OpenAPI document */
  openRoutes: readonly FastifyPluginCallback[];
  tracing?: Tracing | undefined;
  /** puts itself before Fastify on the same port: GraphQL and what every request meets first */
  around: (fastify: RequestListener) => RequestListener;
  /** takes over the connections of WebSockets; without it there are none */
  upgrades?: UpgradeHandler;
}

const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/** REST, its documentation and the open routes on one HTTP server. Not yet listening. */
export async function createRestServer(options: RestServerOptions): Promise<FastifyInstance> {
  const { authenticator, rateLimits, events, logger, bodyLimit, around } = options;
  const app = Fastify({
    serverFactory: (handler) =>
      createHttpServer(traceRequests(around(handler as RequestListener), options.tracing), undefined, options.upgrades),
    logger: false,
    bodyLimit,
    requestIdHeader: 'x-request-id',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, request, reply) => handleError(error, request, reply),
    // Requests that come while the server closes are still answered: the load balancer was told by readiness.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>();
  const handleError = createErrorHandler(logger, bodyLimit, events);
  app.setErrorHandler(handleError);
  traceRoutes(app, options.tracing);
  await app.register(scopeNamed('unknown routes', refuseUnknownRoutes(bodyLimit)));
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(compileSerializer);
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      assertPlainJson(request.raw);
      // Many clients name the type on every request, also where there is no body.
      done(null, body.length === 0 ? undefined : parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });

  app.addContentTypeParser([...TEXT_TYPES], { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, textOfFile(request.raw, body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });

  await describeApi(app);
  await app.register(
    scopeNamed('API', (scope, _options, done) => {
      requireActor(scope, authenticator, rateLimits);
      for (const routes of options.userRoutes) scope.register(scopeNamed('user routes', routes));
      done();
    }),
    { prefix: '/api' },
  );
  for (const routes of options.openRoutes) await app.register(scopeNamed('open routes', routes));
  await serveDocs(app);
  // All that is left of the start is to listen, which then happens at once.
  await app.ready();
  return app;
}

/** Bodies are validated by the services, once and for both APIs; here their schemas only document. */
const compileValidator: FastifySchemaCompiler<z.ZodType> = (route) =>
  route.httpPart === 'body' ? (value) => ({ value }) : validatorCompiler(route);

/**
 * Answers are written by code compiled from their schema, which also keeps fields out that no schema names. Each is
 * compiled for its first answer: all of them at the start would be a tenth of what the start takes.
 */
const compileSerializer: FastifySerializerCompiler<z.ZodType> = ({ schema }) => {
  if (!(schema instanceof z.ZodType)) return JSON.stringify;
  let write: ((answer: unknown) => string) | undefined;
  return (answer) => {
    write ??= fastJson(z.toJSONSchema(schema, { io: 'output', override: withoutLimits }) as fastJson.Schema);
    return write(answer);
  };
};

/** What limits values is for clients to read; checked again in every value that is written, it is a third of the time. */
function withoutLimits({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { pattern, format, minLength, maxLength, maxItems, minimum, maximum, ...shape } = jsonSchema;
  for (const name of Object.keys(jsonSchema)) delete jsonSchema[name];
  Object.assign(jsonSchema, shape);
}
