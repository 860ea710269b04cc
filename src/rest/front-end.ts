import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginCallback } from 'fastify';
import type { Config } from '../config.ts';

type FrontEnd = NonNullable<Config['frontEnd']>;

/** Nothing but this server's own files and API, and nothing that stands in the page itself. */
const POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Files whose names have a hash of what is in them. */
const PINNED = /[\\/]assets[\\/]/;

/**
 * A built front end at the root of the server: files as they are, and no other paths than theirs. None where it was not
 * built. @throws Error when it was chosen and is not there
 */
export function frontEndRoutes({ directory, isChosen }: FrontEnd): FastifyPluginCallback | undefined {
  if (!existsSync(join(directory, 'index.html'))) {
    if (isChosen) throw new Error(`WEB_ROOT has no index.html: ${directory}`);
    return undefined;
  }
  return (scope, _options, done) => {
    scope.register(fastifyStatic, {
      root: directory,
      // A route for each file: what is not there is answered as any unknown route.
      wildcard: false,
      cacheControl: false,
      setHeaders(response, path) {
        response.header('content-security-policy', POLICY);
        response.header('cache-control', PINNED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    done();
  };
}
