import type { FastifyPluginCallback } from 'fastify';
import { clientAddress } from '../http/client-address.ts';
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
          address: clientAddress(request.raw),
        }),
    });
    done();
  };
}
