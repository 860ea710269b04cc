import type { FastifyPluginCallback } from 'fastify';
import { originOf } from '../http/origin.ts';
import type { EmbeddedAuth } from './embedded-auth.ts';

/** Better Auth's own routes, beside the product's `/api/auth/me` and `/api/auth/revoke`. */
export function embeddedAuthRoutes(auth: EmbeddedAuth): FastifyPluginCallback {
  return (scope, _options, done) => {
    scope.route({
      method: ['GET', 'POST'],
      url: '/api/auth/*',
      schema: { hide: true },
      handler: (request) =>
        auth.handle({
          method: request.method,
          url: request.url,
          headers: request.headers,
          body: request.body,
          origin: originOf(request.raw),
        }),
    });
    done();
  };
}
