import type { OpenAPIV3_1 } from 'openapi-types';
import { createLogger } from '../src/core/logger.ts';
import { createRateLimits } from '../src/core/rate-limits.ts';
import { createResultCache } from '../src/core/result-cache.ts';
import { createResolvers } from '../src/graphql/resolvers.ts';
import { createSchema } from '../src/graphql/schema.ts';
import type { LiveConnections } from '../src/http/live-connections.ts';
import { createRestServer } from '../src/rest/server.ts';
import { restRoutes } from '../src/rest-routes.ts';
import type { Services } from '../src/services.ts';
import { environmentExample } from './env-example.ts';
import { printSchema } from './print-schema.ts';

/** Describing the APIs calls nothing of them. */
const services = {} as Services;
const rateLimits = createRateLimits(1);
const results = createResultCache(0, async () => undefined);
const events = { record: () => {}, recordNow: async () => {} };

/** The content of every generated file of ours, by its path. None needs a database. */
export async function generatedFiles(): Promise<Map<string, string>> {
  return new Map([
    ['schema/schema.graphql', printSchema(await createSchema(createResolvers(services, events), rateLimits))],
    ['schema/openapi.json', await openApi()],
    ['.env.example', environmentExample()],
  ]);
}

async function openApi(): Promise<string> {
  const nobody = () => Promise.reject(new Error('nobody asks'));
  const logger = createLogger({ level: 'silent', format: 'json' });
  const server = await createRestServer({
    authenticator: { authenticate: nobody, authenticateConnection: nobody },
    rateLimits,
    events,
    logger,
    bodyLimit: 1,
    userRoutes: restRoutes(services, { results, connections: {} as LiveConnections, logger, events }),
    openRoutes: [],
    around: (fastify) => fastify,
  });
  try {
    await server.ready();
    return `${JSON.stringify(sorted(server.swagger() as OpenAPIV3_1.Document), null, 2)}\n`;
  } finally {
    await server.close();
  }
}

/** Paths and components by their names: the order in which modules happen to be loaded changes nothing. */
function sorted({ paths, components, ...document }: OpenAPIV3_1.Document) {
  const groups = Object.entries(components ?? {}).map(([group, entries]) => [group, byName(entries as object)]);
  return { ...document, paths: byName(paths), components: Object.fromEntries(groups) };
}

function byName(entries: object | undefined): object {
  return Object.fromEntries(Object.entries(entries ?? {}).sort(([left], [right]) => (left < right ? -1 : 1)));
}
