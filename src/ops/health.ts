import type { FastifyPluginCallback } from 'fastify';

export interface Readiness {
  /** names of what is not ready, empty when all is */
  check(): Promise<string[]>;
}

/** Liveness says that the process answers; readiness that it can serve. Neither needs a token. */
export function healthRoutes(readiness: Readiness): FastifyPluginCallback {
  return (scope, _options, done) => {
    scope.get('/health/live', { schema: { hide: true } }, async () => ({ status: 'ok' }));
    scope.get('/health/ready', { schema: { hide: true } }, async (_request, reply) => {
      const missing = await readiness.check();
      if (missing.length === 0) return { status: 'ok' };
      return reply.code(503).header('retry-after', '1').send({ status: 'unavailable', missing });
    });
    done();
  };
}
