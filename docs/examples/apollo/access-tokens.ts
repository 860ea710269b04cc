/** The access token of whoever is signed in, for every link of the client. */
export interface AccessTokens {
  /** Answers one that is accepted for a while yet; `undefined` when nobody is signed in. */
  current(): Promise<string | undefined>;
  /**
   * To be called when the server has refused one, the last unless it is known which, so that the next is a new one. Links
   * that are refused the same one lead to one new one, whatever the order in which they hear of it.
   */
  forget(refused?: string): void;
}

/** seconds before its end from which a token is not used any more; a quarter of its lifetime if that is shorter */
const MARGIN = 30;

/** `fetchToken` asks for a new one, such as `async () => (await auth.token()).data?.token` with Better Auth's client. */
export function createAccessTokens(fetchToken: () => Promise<string | undefined>): AccessTokens {
  let last: Promise<string | undefined> | undefined;
  let staleAt = 0;
  /** what `last` has come to */
  let received: string | undefined;

  async function renew(): Promise<string | undefined> {
    try {
      const token = await fetchToken();
      received = token;
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
        received = undefined;
        last = renew();
      }
      return last;
    },
    forget(refused = received) {
      // What is on its way only now, nobody can have been refused.
      if (refused !== undefined && refused === received) last = undefined;
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
