import type { IncomingMessage } from 'node:http';
import type { Actor, ConnectedActor } from '../core/actor.ts';
import type { RequestOrigin } from '../core/security-events.ts';
import { originOf } from '../http/origin.ts';
import { bearerToken, tokenOfParameters } from './bearer.ts';
import type { VerifiedToken } from './token-claims.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Says who sends a request. The one way in, for GraphQL, REST and WebSocket alike; a test swaps it for another. */
export interface Authenticator {
  /**
   * Answers at once for a token and a user that were seen within the last seconds: no promise on the usual path.
   * @throws UnauthenticatedError, ServiceUnavailableError (keys or users cannot be had)
   */
  authenticate(request: IncomingMessage): ConnectedActor | Promise<ConnectedActor>;
  /**
   * The same for a WebSocket, by the payload of its `connection_init`, which can be anything; `request` is the one that
   * opened it. The connection must be closed with 4401 when `expiresAt` comes.
   */
  authenticateConnection(request: IncomingMessage, parameters: unknown): ConnectedActor | Promise<ConnectedActor>;
}

/** Refuses the actor of a good token whose account or tokens were ended. */
export interface Admission {
  admit(actor: Actor, origin: RequestOrigin): undefined | Promise<undefined>;
}

export function createAuthenticator(verifier: TokenVerifier, admission: Admission): Authenticator {
  function admitted(token: VerifiedToken, request: IncomingMessage): VerifiedToken | Promise<VerifiedToken> {
    const pending = admission.admit(token, originOf(request));
    return pending instanceof Promise ? pending.then(() => token) : token;
  }

  function admit(token: string, request: IncomingMessage): VerifiedToken | Promise<VerifiedToken> {
    const verified = verifier.verify(token);
    return verified instanceof Promise
      ? verified.then((token) => admitted(token, request))
      : admitted(verified, request);
  }

  return {
    authenticate: (request) => admit(bearerToken(request), request),
    authenticateConnection: (request, parameters) => admit(tokenOfParameters(parameters), request),
  };
}
