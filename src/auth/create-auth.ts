import type { FastifyPluginCallback } from 'fastify';
import type { Config } from '../config.ts';
import type { Clock } from '../core/clock.ts';
import type { RateLimits } from '../core/rate-limits.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import { developmentSecret } from './development-secret.ts';
import { embeddedAuthRoutes } from './embedded-auth.routes.ts';
import { createEmbeddedAuth, type EmbeddedAuth } from './embedded-auth.ts';
import { fetchKeys } from './fetch-keys.ts';
import { watchIdentities } from './identity-trigger.ts';
import { createKeySet, type KeySet } from './key-set.ts';
import { createTokenVerifier, type TokenVerifier } from './token-verifier.ts';

/** Everything that tokens come from and are checked with, as configured. */
export interface Auth {
  readonly verifier: TokenVerifier;
  /** the server's own Better Auth, where it is switched on */
  readonly embedded: EmbeddedAuth | undefined;
  /** signs development tokens; known in development only */
  readonly secret: string | undefined;
  /** Waits for the keys to be there. @throws ServiceUnavailableError */
  ready(): Promise<void>;
  readonly routes: readonly FastifyPluginCallback[];
  close(): Promise<void>;
}

interface AuthEnvironment {
  /** of the role that owns the tables and may create the schema `auth` */
  readonly directUrl: string;
  readonly rateLimits: RateLimits;
  readonly events: SecurityEventLog;
  readonly clock: Clock;
  readonly log: (message: string) => void;
}

export async function createAuth(config: Config, environment: AuthEnvironment): Promise<Auth> {
  const { directUrl, rateLimits, events, clock, log } = environment;
  const { jwksUrl, issuer, audience, maxTokenAge, clockTolerance } = config.auth;
  const secrets = await acceptedSecrets(config);
  const embedded = config.auth.embedded
    ? await createEmbeddedAuth({
        databaseUrl: directUrl,
        secrets,
        publicUrl: config.publicUrl,
        trustedOrigins: config.corsOrigins,
        issuer,
        audience,
        rateLimits,
        events,
      })
    : undefined;
  await watchIdentities({ databaseUrl: directUrl, table: config.auth.userTable, log });
  const keySet = keySetOf(embedded, jwksUrl, clock);
  const verifier = createTokenVerifier({
    secrets,
    keySet,
    issuer,
    audience,
    maxTokenAge,
    clockTolerance,
    clock,
  });
  return {
    verifier,
    embedded,
    secret: config.development ? secrets[0] : undefined,
    ready: async () => keySet?.ready(),
    routes: embedded ? [embeddedAuthRoutes(embedded)] : [],
    close: async () => embedded?.close(),
  };
}

async function acceptedSecrets({ auth, dataDirectory }: Config): Promise<string[]> {
  if (auth.secrets.length > 0 || !auth.embedded) return auth.secrets;
  return [await developmentSecret(dataDirectory)];
}

function keySetOf(embedded: EmbeddedAuth | undefined, jwksUrl: string | undefined, clock: Clock): KeySet | undefined {
  if (embedded) return createKeySet(() => embedded.keys(), clock);
  return jwksUrl === undefined ? undefined : createKeySet(fetchKeys(jwksUrl), clock);
}
