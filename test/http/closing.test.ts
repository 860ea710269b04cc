import { describe, expect, it } from '@jest/globals';
import { startTestApp } from '../support/app.ts';
import { createMemoryStores } from '../support/memory-stores.ts';

describe('a server that is asked to close', () => {
  it('does not wait for clients that keep their connections: what is under way is answered, and then they end', async () => {
    const { taskStore, userStore } = createMemoryStores();
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const slow = {
      ...taskStore,
      stats: async (userId: string) => {
        reached.resolve();
        await released.promise;
        return taskStore.stats(userId);
      },
    };
    const app = await startTestApp({ overrides: { taskStore: slow, userStore } });
    // Its headers were begun while nobody knew of the end, so they ask the client to keep the connection.
    const answer = app.graphql('ann', '{ viewer { taskStats { total } } }');
    await reached.promise;
    const closed = app.close();
    while (await isListening(app.url));
    released.resolve();
    expect((await answer).data).toEqual({ viewer: { taskStats: { total: 0 } } });
    await closed;
  });
});

function isListening(url: string): Promise<boolean> {
  return fetch(`${url}/health/live`).then(
    () => true,
    () => false,
  );
}
