import type { FastifyPluginCallback } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

/**
 * A part of the server with hooks and handlers of its own. Fastify looks for a part without a name among all modules
 * that are loaded, which was two thirds of the start of a server in the tests.
 */
export function scopeNamed(name: string, plugin: FastifyPluginCallback): FastifyPluginCallback {
  return fastifyPlugin(plugin, { name, encapsulate: true });
}
