import { SignJWT } from 'jose';
import type { Clock } from '../core/clock.ts';

interface TokenContent {
  /** the token's `sub`, a user id */
  readonly userId: string;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** seconds */
  readonly lifetime: number;
}

/** Signs an HS256 token as a server with this secret accepts it: the form of Better Auth's `signJWT`, with a subject. */
export function signToken(content: TokenContent, secret: string, clock: Clock): Promise<string> {
  const now = Math.floor(clock.now() / 1000);
  const { userId, email, name, issuer, audience } = content;
  const claims = { sub: userId, email, name, iss: issuer, aud: audience, iat: now, exp: now + content.lifetime };
  const present = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return new SignJWT(present).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(new TextEncoder().encode(secret));
}
