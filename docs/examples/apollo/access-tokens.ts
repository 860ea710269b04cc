/** The access token of whoever is signed in, for every link of the client. */
export interface AccessTokens {
  /** Answers one that is accepted for a while yet; `undefined` when nobody is signed in. */
  current(): Promise<string | undefined>;
  /** To be called when the server has refused the last one, so that the next is a new one. */
  forget(): void;
}

/** seconds before its end from which a token is not used any more; a quarter of its lifetime if that is shorter */
const MARGIN = 30;

/** `fetchToken` asks for a new one, such as `async () => (await auth.token()).data?.token` with Better Auth's client. */
export function createAccessTokens(fetchToken: () => Promise<string | undefined>): AccessTokens {
  let last: Promise<string | undefined> | undefined;
  let staleAt = 0;

  async function renew(): Promise<string | undefined> {
    try {
      const token = await fetchToken();
      staleAt = Date.now() + (token === undefined ? 0 : usableSeconds(token) * 1000);
      return token;
    } catch (error) {
      last = undefined;
      throw error;
    }
  }

  return {
    current() {
      if (last === undefined || staleAt <= Date.now()) {
        // Whoever asks meanwhile waits for the same one.
        staleAt = Number.POSITIVE_INFINITY;
        last = renew();
      }
      return last;
    },
    forget() {
      last = undefined;
    },
  };
}

/** Counted from now on, because the clock of a device may be wrong: the token is new. */
function usableSeconds(token: string): number {
  const [, payload = ''] = token.split('.');
  const { iat, exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as Record<string, number>;
  const lifetime = Number(exp) - Number(iat);
  return lifetime - Math.min(MARGIN, lifetime / 4);
}
