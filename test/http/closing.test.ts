import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { DatedCriteria } from '../../src/tasks/task.criteria.ts';
import { startTestApp } from '../support/app.ts';
import { createMemoryStores } from '../support/memory-stores.ts';

const EXPORT = '/api/auth/me/export';

describe('a server that is asked to close', () => {
  it('does not wait for clients that keep their connections: what is under way is answered, and then they end', async () => {
    const { taskStore, userStore } = createMemoryStores();
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const slow = {
      ...taskStore,
      stats: async (userId: string, criteria: DatedCriteria) => {
        reached.resolve();
        await released.promise;
        return taskStore.stats(userId, criteria);
      },
    };
    const app = await startTestApp({ overrides: { taskStore: slow, userStore } });
    const answer = app.graphql('ann', '{ viewer { taskStats { total } } }');
    await reached.promise;
    const closed = app.close();
    while (await isListening(app.url));
    released.resolve();
    const { data, headers } = await answer;
    expect(data).toEqual({ viewer: { taskStats: { total: 0 } } });
    // Nobody knew of the end when the request came.
    expect(headers.get('connection')).toBe('close');
    await closed;
  });

  // Ended right after such an answer, the connection took the next request with it, one in thousands at each restart.
  it('answers on a connection whose last answer began before, and ends it then', async () => {
    const stores = createMemoryStores();
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const auditStore = {
      ...stores.auditStore,
      slice: async () => {
        reached.resolve();
        await released.promise;
        return [];
      },
    };
    const app = await startTestApp({ overrides: { ...stores, auditStore }, environment: { SHUTDOWN_DELAY: '2000' } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = async (path: string) => {
      const headers = await app.credentials('ann');
      const [response] = await once(request(`${app.url}${path}`, { agent, headers }).end(), 'response');
      return response as IncomingMessage;
    };
    const begun = await get(EXPORT);
    const { socket } = begun;
    await reached.promise;
    const closed = app.close();
    while ((await fetch(`${app.url}/health/ready`)).ok);
    released.resolve();
    const lines = (await begun.toArray()).join('').trim().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: 'end' });
    const next = await get('/health/live');
    expect(next.socket).toBe(socket);
    expect([next.statusCode, next.headers.connection]).toEqual([200, 'close']);
    next.resume();
    await closed;
    agent.destroy();
  });
});

function isListening(url: string): Promise<boolean> {
  return fetch(`${url}/health/live`).then(
    () => true,
    () => false,
  );
}
