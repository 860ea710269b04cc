import type { InMemoryCache, NormalizedCacheObject } from '@apollo/client';
import { print } from '@apollo/client/utilities';
import { del, get, set } from 'idb-keyval';
import { TaskFieldsFragmentDoc } from '../generated/graphql.ts';

/** How far the cache is equal to the server: the last sync token. */
export interface SyncPosition {
  load(): string | undefined;
  save(syncToken: string | undefined): void;
}

interface Saved {
  readonly shape: string;
  readonly cache: NormalizedCacheObject;
  readonly syncToken: string | undefined;
}

/** A version of the page that asks for more begins anew: of tasks that have not changed the rest would never come. */
const SHAPE = print(TaskFieldsFragmentDoc);
/** milliseconds between two writes at least */
const INTERVAL = 2_000;

/**
 * The cache on the device, so that the application opens with what it knew and reads only what has changed since. Cache and
 * sync token are written together in one record: a token without its tasks would leave out all that has not changed. Take
 * it with task-feed.ts, which uses it as the place of its token.
 */
export class SavedCache implements SyncPosition {
  readonly #cache: InMemoryCache;
  readonly #key: string;
  #syncToken: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restored: Promise<void> | undefined;

  constructor(cache: InMemoryCache, userId: string) {
    this.#cache = cache;
    this.#key = `cache of ${userId}`;
  }

  /** A device that cannot store anything, as in some private windows, goes on without. */
  restore(): Promise<void> {
    this.#restored ??= this.#read();
    return this.#restored;
  }

  async #read(): Promise<void> {
    const saved = await get<Saved>(this.#key).catch(() => undefined);
    if (saved?.shape !== SHAPE) return;
    this.#cache.restore(saved.cache);
    this.#syncToken = saved.syncToken;
  }

  load(): string | undefined {
    return this.#syncToken;
  }

  save(syncToken: string | undefined): void {
    this.#syncToken = syncToken;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const record: Saved = { shape: SHAPE, cache: withoutSearches(this.#cache.extract()), syncToken: this.#syncToken };
      set(this.#key, record).catch(() => undefined);
    }, INTERVAL);
  }

  /** What has not been written by now stays unwritten: the next pull brings it again. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Of a user who signs out no tasks stay on the device. */
  async forget(): Promise<void> {
    this.stop();
    await del(this.#key).catch(() => undefined);
  }
}

/** A list for each word that was ever typed would be kept for ever. */
function withoutSearches({ ROOT_QUERY, ...objects }: NormalizedCacheObject): NormalizedCacheObject {
  const fields = Object.entries(ROOT_QUERY ?? {}).filter(([name]) => !/^tasks:.*"search":"/.test(name));
  return { ...objects, ROOT_QUERY: Object.fromEntries(fields) as NormalizedCacheObject[string] };
}
