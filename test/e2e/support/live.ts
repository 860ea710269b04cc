import { once } from 'node:events';
import { createServer } from 'node:net';

/** What happens, kept in its order and to be waited for. */
export class Happenings<Item> {
  readonly all: Item[] = [];
  #arrived = Promise.withResolvers<void>();

  get length(): number {
    return this.all.length;
  }

  readonly add = (item: Item): void => {
    this.all.push(item);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  };

  /** Whoever waits fails. */
  readonly fail = (error: unknown): void => {
    this.#arrived.promise.catch(() => {});
    this.#arrived.reject(error);
  };

  async reach(length: number): Promise<void> {
    while (this.all.length < length) await this.#arrived.promise;
  }

  /** Resolves with the first one from the place on that is so, whether it has happened already or not. */
  async find(isSo: (item: Item) => boolean, from = 0): Promise<Item> {
    for (let place = from; ; place++) {
      await this.reach(place + 1);
      const item = this.all[place] as Item;
      if (isSo(item)) return item;
    }
  }
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
