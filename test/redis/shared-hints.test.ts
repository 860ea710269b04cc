import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { newUser } from '../support/factories.ts';
import { type Subscriber, subscribe } from '../sync/support/subscribers.ts';
import { type RedisServer, redisSuite, startRedis } from './support/redis-server.ts';

const CHANNEL = 'premium-todo:changes';
/** Long before a user would be looked after without a hint. */
const SOON = 10_000;

redisSuite('hints of changes through Redis', () => {
  let redis: RedisServer;
  let asked: Redis;
  let one: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    redis = await startRedis();
    const environment = { REDIS_URL: redis.url };
    one = await startTestApp({ environment });
    other = await startTestApp({ environment, beside: one });
    asked = new Redis(redis.url);
    asked.on('error', () => {});
  });
  afterAll(async () => {
    asked?.disconnect();
    await other?.close();
    await one?.close();
    await redis?.remove();
  });

  const create = async (app: TestApp, user: string, title: string) =>
    (await app.rest(user, 'POST', '/api/tasks', { title })).body.id as string;
  const listeners = async () => Number((await asked.pubsub('NUMSUB', CHANNEL))[1]);

  async function following(user: string, work: (subscriber: Subscriber) => Promise<void>): Promise<void> {
    const { data } = await one.graphql(user, '{ taskSync { syncToken } }');
    const subscriber = await subscribe(one, user, { since: data.taskSync.syncToken });
    try {
      await create(one, user, 'begin');
      expect(await subscriber.next()).toMatchObject({ task: { title: 'begin' } });
      await work(subscriber);
    } finally {
      subscriber.stop();
    }
  }

  it('tell at once of what another instance writes, and PostgreSQL is not listened to', async () => {
    const user = newUser();
    await following(user, async (subscriber) => {
      const begin = Date.now();
      await create(other, user, 'elsewhere');
      expect(await subscriber.next()).toMatchObject({ task: { title: 'elsewhere' } });
      expect(Date.now() - begin).toBeLessThan(SOON);
      const owner = new Client({ connectionString: one.databaseUrl });
      await owner.connect();
      const { rowCount } = await owner.query(
        "select from pg_stat_activity where application_name = 'premium-todo changes' and datname = current_database()",
      );
      await owner.end();
      expect(rowCount).toBe(0);
    });
  });

  it('are subscribed to while anybody follows, and not otherwise', async () => {
    await eventually('nobody subscribes', async () => (await listeners()) === 0);
    await following(newUser(), async () => expect(await listeners()).toBe(1));
    await eventually('nobody subscribes any more', async () => (await listeners()) === 0);
  });

  it('end the subscriptions of a user at another instance at once who signs out everywhere', async () => {
    const user = newUser();
    await following(user, async (subscriber) => {
      await other.graphql(user, 'mutation { revokeTokens { revokedAt: __typename } }');
      expect(await subscriber.ended).toMatchObject({ code: 4401 });
    });
  });

  it('come again after an outage of Redis, at whose end what was written meanwhile is told', async () => {
    const user = newUser();
    await following(user, async (subscriber) => {
      await redis.kill();
      await create(other, user, 'in the outage');
      await redis.start();
      expect(await subscriber.next()).toMatchObject({ task: { title: 'in the outage' } });
      await eventually('Redis is used again', async () => {
        const { body } = await other.rest(user, 'GET', '/api/tasks?limit=1');
        return body.items.length === 1 && (await listeners()) === 1;
      });
      await create(other, user, 'afterwards');
      expect(await subscriber.next()).toMatchObject({ task: { title: 'afterwards' } });
    });
  });
});
