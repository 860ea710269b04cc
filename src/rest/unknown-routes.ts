import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import { NotFoundError } from '../core/errors.ts';

/**
 * Answers requests that match no route before anything of their body is read, since they need no token. In a scope of
 * its own, so that requests for routes do not pass its hook. What is left of a body up to `bodyLimit` bytes is dropped
 * as it comes, so that the connection can be used again; for a longer one the connection ends.
 */
export function refuseUnknownRoutes(bodyLimit: number): FastifyPluginCallback {
  return (scope, _options, done) => {
    scope.addHook('onRequest', (request, reply, next) => {
      if (mayBeLonger(request, bodyLimit)) reply.header('connection', 'close');
      next(new NotFoundError('There is no such route'));
    });
    // Routes that find nothing to show, as for files, come here without passing the hook.
    scope.setNotFoundHandler(() => {
      throw new NotFoundError('There is no such route');
    });
    done();
  };
}

/** A body in chunks has no length that could be known. */
function mayBeLonger({ headers }: FastifyRequest, limit: number): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > limit;
}
