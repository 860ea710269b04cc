import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { NotFoundError } from '../core/errors.ts';
import { withResponseHeaders } from './response-headers.ts';
import { scopeNamed } from './scope.ts';
import { withoutUnusedSchemas } from './unused-schemas.ts';

const DOCS_PATH = '/api/docs';
const OPENAPI_PATH = '/api/openapi.json';

const BEARER = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description:
    'A signed token (RFC 7519) with `sub`, `iat` and `exp`, used as RFC8725 recommends: each algorithm is bound to its kind of key, issuer and audience are checked where they are configured, and no key is taken from the token.',
} as const;

type Server = OpenAPIV3_1.ServerObject;

/** Describes every route registered after this in OpenAPI 3.1, from the very schemas that the routes carry. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'premium-todo',
        version: '1.0.0',
        description: 'Tasks over REST. The same services, rules, limits and errors stand behind GraphQL at `/graphql`.',
        contact: { name: 'The operator of this server' },
        license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      },
      // Relative: the document is right wherever the server is reached.
      servers: [
        { url: '/', description: 'This server, in production as in development.', 'x-internal': false } as Server,
      ],
      components: { securitySchemes: { bearer: BEARER } },
      security: [{ bearer: [] }],
      tags: [
        { name: 'account', description: 'The user that the token names.' },
        { name: 'lists', description: "The user's lists of tasks." },
        { name: 'sync', description: "What has changed of the user's tasks, to be asked for or followed." },
        { name: 'tags', description: "The user's tags." },
        { name: 'tasks', description: "The user's tasks." },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withResponseHeaders(withoutUnusedSchemas(jsonSchemaTransformObject(document))),
  });
}

/**
 * Nothing but this server's own files: the ready-made policy lets style sheets of any host in, and its
 * `upgrade-insecure-requests` leaves the page empty where the server is reached over plain http.
 */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the document and Swagger UI, all of it from this server. */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  const docs = scopeNamed('docs', (scope, _options, done) => {
    // The file server has a status of its own for paths that lead out of its folder; here there is no such file.
    scope.setErrorHandler((error) => {
      throw isAskedWrongly(error) ? new NotFoundError('There is no such file') : error;
    });
    scope.register(swaggerUi, {
      routePrefix: DOCS_PATH,
      staticCSP: DOCS_POLICY,
      theme: { title: 'premium-todo REST API' },
      // Without the top bar: it offers to load other documents, and its picture needs inline styles.
      uiConfig: { layout: 'BaseLayout', persistAuthorization: false, tryItOutEnabled: true },
    });
    done();
  });
  await app.register(docs);
  app.get(OPENAPI_PATH, { schema: { hide: true } }, (_request, reply) => {
    void reply.header('cache-control', 'no-cache').send(app.swagger());
  });
}

function isAskedWrongly(error: unknown): boolean {
  const { statusCode = 500 } = error as { statusCode?: number };
  return statusCode >= 400 && statusCode < 500;
}
