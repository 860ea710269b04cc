import type { IncomingMessage } from 'node:http';
import { UnauthenticatedError } from '../core/errors.ts';
import { FAILED_AUTHENTICATIONS, type RateLimits } from '../core/rate-limits.ts';
import { addressGroup, clientAddress } from '../http/client-address.ts';
import type { Authenticator } from './authenticator.ts';

/**
 * Counts the requests of each address that fail authentication, and refuses those over the limit as such. Whoever has a
 * good token always gets in, also from an address that others use up: a token must be verified before anything can be
 * said of it, so nothing is refused by its address alone. What an exhausted address still costs is one signature check;
 * shape, header and size are looked at before it, accounts and unknown keys after it or at their own limited pace.
 */
export function limitFailures(authenticator: Authenticator, rateLimits: RateLimits): Authenticator {
  async function refuse(request: IncomingMessage, error: unknown): Promise<never> {
    if (error instanceof UnauthenticatedError) {
      await rateLimits.consume(FAILED_AUTHENTICATIONS, addressGroup(clientAddress(request)));
    }
    throw error;
  }

  function limited<Result>(
    request: IncomingMessage,
    attempt: () => Result | Promise<Result>,
  ): Result | Promise<Result> {
    try {
      const actor = attempt();
      return actor instanceof Promise ? actor.catch((error: unknown) => refuse(request, error)) : actor;
    } catch (error) {
      return refuse(request, error);
    }
  }

  return {
    authenticate: (request) => limited(request, () => authenticator.authenticate(request)),
    authenticateConnection: (request, parameters) =>
      limited(request, () => authenticator.authenticateConnection(request, parameters)),
  };
}
