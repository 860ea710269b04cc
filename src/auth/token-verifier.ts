import { errors, type JWTPayload, type JWTVerifyOptions, type JWTVerifyResult, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { CacheCounts } from '../core/cache-counts.ts';
import type { Clock } from '../core/clock.ts';
import type { KeySet } from './key-set.ts';
import { readClaims, type VerifiedToken } from './token-claims.ts';
import { KEY_SET_ALGORITHMS, readHeader, SECRET_ALGORITHMS } from './token-header.ts';
import { asRefusal, refusedToken } from './token-refusal.ts';

const CACHED_TOKENS = 10_000;
/** characters of all cached tokens together */
const CACHED_LENGTH = 16 * 1024 * 1024;

export interface TokenVerifierOptions {
  /** for HS256: the current one first, then those that were replaced and whose tokens still live; text counts as UTF-8 */
  readonly secrets: readonly (string | Uint8Array)[];
  /** for EdDSA, ES256, RS256 and PS256 */
  readonly keySet?: KeySet | undefined;
  /** required `iss` and `aud` */
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** seconds */
  readonly maxTokenAge: number;
  readonly clockTolerance: number;
  readonly clock: Clock;
}

export interface TokenVerifier {
  /**
   * Who a JSON Web Token speaks for; without a promise when this very token was verified before.
   * The kind of key decides the algorithms, never the token. `exp`, `iat` and `sub` must be there: without `iat` neither
   * the maximum age nor a revocation could be applied.
   * @throws UnauthenticatedError `invalid_token`
   * @throws ServiceUnavailableError when the keys to decide are not available
   */
  verify(token: string): VerifiedToken | Promise<VerifiedToken>;
  /** Drops what is remembered of one user's tokens, or of all: they are verified anew. */
  forget(userId: string): void;
  clear(): void;
  /** of the tokens that were verified before */
  readonly counts: Readonly<CacheCounts>;
}

/** `generation` is that of the key set whose key the token is signed with; `undefined` when it is a secret. */
interface Known {
  readonly verified: VerifiedToken;
  readonly generation: number | undefined;
}

interface Signed {
  readonly payload: JWTPayload;
  readonly generation: number | undefined;
}

/** Remembers 10,000 verified tokens until they end or the key set changes. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { keySet, maxTokenAge, clock } = options;
  const secrets = options.secrets.map((secret) =>
    typeof secret === 'string' ? new TextEncoder().encode(secret) : secret,
  );
  const tolerance = options.clockTolerance * 1000;
  const cache = new LRUCache<string, Known>({
    max: CACHED_TOKENS,
    maxSize: CACHED_LENGTH,
    sizeCalculation: (_token, key) => key.length,
  });
  const counts: CacheCounts = { hits: 0, misses: 0 };
  /** counts what was dropped, lest a verification that began before put it back */
  let dropped = 0;

  async function verifyAnew(token: string): Promise<VerifiedToken> {
    const before = dropped;
    const { payload, generation } = await verifySignature(token).catch((error: unknown) => {
      throw asRefusal(error);
    });
    const verified = readClaims(payload, maxTokenAge);
    if (typeof verified === 'string') throw refusedToken(`The ${verified} of the token is not valid`);
    if (before === dropped) cache.set(token, { verified: Object.freeze(verified), generation });
    return verified;
  }

  async function verifySignature(token: string): Promise<Signed> {
    const header = readHeader(token);
    if (header.kind === 'secret') return { ...(await verifyWithSecrets(token)), generation: undefined };
    if (keySet === undefined) throw refusedToken('The algorithm of the token is not accepted');
    const { key, generation } = await keySet.find({ alg: header.alg, kid: header.kid });
    return { ...(await jwtVerify(token, key, claimRules(KEY_SET_ALGORITHMS))), generation };
  }

  async function verifyWithSecrets(token: string): Promise<JWTVerifyResult> {
    let failure: unknown = refusedToken('The algorithm of the token is not accepted');
    for (const secret of secrets) {
      try {
        return await jwtVerify(token, secret, claimRules(SECRET_ALGORITHMS));
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  function claimRules(algorithms: string[]): JWTVerifyOptions {
    return {
      algorithms,
      requiredClaims: ['exp', 'iat', 'sub'],
      maxTokenAge,
      clockTolerance: options.clockTolerance,
      currentDate: new Date(clock.now()),
      ...(options.issuer !== undefined && { issuer: options.issuer }),
      ...(options.audience !== undefined && { audience: options.audience }),
    };
  }

  function isCurrent(known: Known): boolean {
    if (known.generation !== undefined && known.generation !== keySet?.generation()) return false;
    return clock.now() < known.verified.expiresAt * 1000 + tolerance;
  }

  return {
    counts,
    verify(token) {
      const known = cache.get(token);
      if (known !== undefined && isCurrent(known)) {
        counts.hits += 1;
        return known.verified;
      }
      counts.misses += 1;
      return verifyAnew(token);
    },
    forget(userId) {
      dropped += 1;
      for (const [token, { verified }] of [...cache.entries()]) {
        if (verified.userId === userId) cache.delete(token);
      }
    },
    clear() {
      dropped += 1;
      cache.clear();
    },
  };
}
