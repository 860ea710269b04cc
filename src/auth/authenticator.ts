import type { IncomingMessage } from 'node:http';
import type { Actor } from '../core/actor.ts';
import { bearerToken } from './bearer.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Says who sends a request. The one way in, for GraphQL, REST and WebSocket alike; a test swaps it for another. */
export interface Authenticator {
  /**
   * Answers at once for a token and a user that were seen within the last seconds: no promise on the usual path.
   * @throws UnauthenticatedError, ServiceUnavailableError (keys or users cannot be had)
   */
  authenticate(request: IncomingMessage): Actor | Promise<Actor>;
}

/** Refuses the actor of a good token whose account or tokens were ended. */
export interface Admission {
  admit(actor: Actor): undefined | Promise<undefined>;
}

export function createAuthenticator(verifier: TokenVerifier, admission: Admission): Authenticator {
  function admitted(actor: Actor): Actor | Promise<Actor> {
    const pending = admission.admit(actor);
    return pending instanceof Promise ? pending.then(() => actor) : actor;
  }

  return {
    authenticate(request) {
      const actor = verifier.verify(bearerToken(request));
      return actor instanceof Promise ? actor.then(admitted) : admitted(actor);
    },
  };
}
