import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyPluginCallback } from 'fastify';
import type { Config } from '../config.ts';
import type { Clock } from '../core/clock.ts';
import { NotFoundError, ServiceUnavailableError } from '../core/errors.ts';
import { loadAssets } from './playground/assets.ts';
import { createDevelopmentToken } from './playground/development-token.ts';
import { EXAMPLES } from './playground/examples.ts';
import { pagePolicy, renderPage } from './playground/page.ts';

export interface Playground {
  /** answers browsers that ask for a page at /graphql */
  readonly page: (request: IncomingMessage, response: ServerResponse) => void;
  /** what the page loads, below /graphql/ */
  readonly routes: FastifyPluginCallback;
}

/**
 * GraphiQL, served wholly by this server. `secret` signs the ready token that it gets in development; `isHome` where the root
 * of the server leads to it.
 */
export function createPlayground(
  config: Config,
  secret: string | undefined,
  clock: Clock,
  isHome: boolean,
): Playground {
  const developmentToken = createDevelopmentToken(config, secret, clock);
  return {
    page: (_request, response) => {
      sendPage(response).catch((error: unknown) => refusePage(response, error));
    },
    routes: (scope, _options, done) => {
      scope.get<{ Params: { name: string }; Querystring: { v?: string } }>(
        '/graphql/assets/:name',
        { schema: { hide: true } },
        async ({ params, query }, reply) => {
          const asset = (await loadAssets()).get(params.name);
          if (!asset) throw new NotFoundError('There is no such file');
          const isPinned = query.v === asset.version;
          reply.header('cache-control', isPinned ? 'public, max-age=31536000, immutable' : 'no-cache');
          return reply.type(asset.type).send(asset.body);
        },
      );
      if (isHome) {
        scope.get('/', { schema: { hide: true } }, (_request, reply) => {
          void reply.redirect('/graphql');
        });
      }
      // The edge forbids to store any of this: a token is only for the page that asked.
      scope.get('/graphql/playground.json', { schema: { hide: true } }, async (request) => ({
        examples: EXAMPLES,
        token: await developmentToken(request.raw),
      }));
      done();
    },
  };
}

async function sendPage(response: ServerResponse): Promise<void> {
  const nonce = randomBytes(16).toString('base64url');
  const html = renderPage(await loadAssets(), nonce);
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(html),
      'content-security-policy': pagePolicy(nonce),
    })
    .end(html);
}

function refusePage(response: ServerResponse, error: unknown): void {
  const reason = error instanceof ServiceUnavailableError ? error.message : 'The playground is not available';
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' }).end(`${reason}\n`);
}
