import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import type { Clock } from '../core/clock.ts';
import { ServiceUnavailableError } from '../core/errors.ts';

/** milliseconds */
const COOLDOWN = 10_000;
const REFRESH_AFTER = 10 * 60_000;
const USABLE_FOR = 24 * 60 * 60_000;

/** The public keys that tokens may be signed with. */
export interface KeySet {
  /**
   * The public key for a token's header, by `kid` and `alg`. An unknown `kid` makes the set be read again, at most once
   * in ten seconds however many ask.
   * @throws ServiceUnavailableError when there are no keys, or `kid` is unknown and the set cannot be read just now
   * @throws errors.JOSEError when the set has no such key, or no usable one
   */
  find(header: JWSHeaderParameters): Promise<FoundKey>;
  /** Waits for the keys to be there: for readiness, and to have them before the first request. Throws like `find`. */
  ready(): Promise<void>;
  /**
   * Counts the changes of the set: what was verified with a key of another generation is to be verified again.
   * Cheap; starts to read the set in the background when that is due.
   */
  generation(): number;
}

interface FoundKey {
  readonly key: CryptoKey;
  readonly generation: number;
}

interface Loaded {
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly content: string;
  readonly generation: number;
  readonly at: number;
}

/**
 * Keeps the keys that `load` yields: read when first needed, read again in the background after ten minutes of use, and
 * used for a day while reading fails. jose's own remote set is not used since it has no pause after a failed fetch
 * (every request would fetch again and wait), forgets its keys at the end of its cache time, and reads the system clock.
 */
export function createKeySet(load: () => Promise<JSONWebKeySet>, clock: Clock): KeySet {
  let loaded: Loaded | undefined;
  let failure: unknown;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    triedAt = clock.now();
    try {
      const keys = await load();
      const content = JSON.stringify(keys);
      const find = createLocalJWKSet(keys);
      const generation = generationOf(loaded) + (content === loaded?.content ? 0 : 1);
      loaded = { find, content, generation, at: clock.now() };
      failure = undefined;
    } catch (error) {
      failure = error;
    } finally {
      reading = undefined;
    }
  }

  /** One reading at a time, and none within the cooldown of the last one, failed or not. */
  function readUnlessCooling(): Promise<void> | undefined {
    if (reading === undefined && !within(COOLDOWN, triedAt)) reading = read();
    return reading;
  }

  /** A clock that was set back ends the period instead of prolonging it. */
  function within(period: number, start: number): boolean {
    const age = clock.now() - start;
    return age >= 0 && age < period;
  }

  function usable(): Loaded | undefined {
    return loaded !== undefined && within(USABLE_FOR, loaded.at) ? loaded : undefined;
  }

  async function current(): Promise<Loaded> {
    if (usable() === undefined) await readUnlessCooling();
    const keys = usable();
    if (keys === undefined) throw unavailable();
    return keys;
  }

  function unavailable(): ServiceUnavailableError {
    return new ServiceUnavailableError(
      'The keys that tokens are checked with are not available',
      COOLDOWN / 1000,
      failure,
    );
  }

  function refreshIfDue(): void {
    if (loaded !== undefined && !within(REFRESH_AFTER, loaded.at)) void readUnlessCooling();
  }

  return {
    async find(header) {
      const keys = await current();
      refreshIfDue();
      try {
        return { key: await keys.find(header), generation: keys.generation };
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await readUnlessCooling();
        // Whether the key exists is not known then: a 401 would sign out the users of a key that was just introduced.
        if (failure !== undefined) throw unavailable();
        const { find, generation } = await current();
        return { key: await find(header), generation };
      }
    },
    async ready() {
      await current();
    },
    generation() {
      refreshIfDue();
      return generationOf(loaded);
    },
  };
}

function generationOf(loaded: Loaded | undefined): number {
  return loaded?.generation ?? 0;
}
