import { type Finding, fault, ok, reason } from './finding.ts';

const TIMEOUT = 3000;
const KEY = 'premium-todo:limit:doctor';

/** What limits need of Redis: an answer, and the right to write where they count. The key lives for a second. */
export async function checkRedis(url: string | undefined): Promise<Finding[]> {
  if (url === undefined) return [ok('redis', 'not used: limits are counted by each instance')];
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT,
    commandTimeout: TIMEOUT,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let failure: unknown;
  redis.on('error', (error) => (failure ??= error));
  try {
    await redis.connect();
    await redis.set(KEY, '1', 'EX', 1);
    const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1];
    return [ok('redis', `version ${version}, writable`)];
  } catch (error) {
    return [
      fault('redis', `cannot be used: ${reason(failure ?? error)}`, 'Check REDIS_URL and the rights of its user'),
    ];
  } finally {
    // Disconnected once more, one that never was would have the process wait for its end for two seconds.
    if (redis.status !== 'end') redis.disconnect();
  }
}
