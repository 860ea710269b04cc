import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { atEnd } from '../cleanup.ts';
import { type RunningContender, startContender } from '../contender-process.ts';
import type { MigrationList } from '../migrate.ts';
import type { BenchPostgres } from '../postgres.ts';
import { REST_PROTOCOL } from '../protocols/rest.ts';
import { PRODUCT_GRAPHQL } from '../protocols/task-graphql.ts';
import { startRedis } from '../redis.ts';
import { prepareProduction } from '../start/production.ts';
import type { Scene } from '../workloads.ts';

/** One version of the product with a PostgreSQL of its own. */
export interface Side {
  readonly postgres: BenchPostgres;
  readonly database: Client;
  /** By the name of how they run: the same in all sides. */
  readonly servers: ReadonlyMap<string, RunningContender>;
  /** By the name of the API. */
  readonly scenes: ReadonlyMap<string, Scene>;
}

const USERS = 1000;
const TASKS_PER_USER = 200;

/** Starts the product of a compiled checkout, alone and, where there is a redis-server, with Redis. */
export async function startSide(name: string, checkout: string): Promise<Side> {
  const migrationsFile = pathToFileURL(join(checkout, 'migrations/index.ts')).href;
  const { migrations } = (await import(migrationsFile)) as { migrations: MigrationList };
  const { postgres, data, settings } = await prepareProduction(USERS, TASKS_PER_USER, migrations);
  const database = new Client({ connectionString: postgres.url });
  await database.connect();
  atEnd(() => database.end());

  const product = { name, protocol: PRODUCT_GRAPHQL, nodeArguments: [join(checkout, 'dist/src/main.js')] };
  const servers = new Map([['alone', await startContender(product, settings)]]);
  const redisUrl = await startRedis();
  if (redisUrl) servers.set('Redis', await startContender(product, { ...settings, REDIS_URL: redisUrl }));
  return {
    postgres,
    database,
    servers,
    scenes: new Map(
      // Nobody turns to a deep page here.
      Object.entries({ GraphQL: PRODUCT_GRAPHQL, REST: REST_PROTOCOL }).map(([api, protocol]) => [
        api,
        { ...data, protocol, deepCursor: '' },
      ]),
    ),
  };
}
