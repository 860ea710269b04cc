import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';

/** The key that signs the tokens, new for every run. */
export const TOKEN_SECRET = randomBytes(32).toString('hex');

/** A token like Better Auth's `signJWT` makes: HS256, the user's id, e-mail address and name, good for half a day. */
export function signToken(userId: string, secret: string = TOKEN_SECRET): Promise<string> {
  return new SignJWT({ email: `${userId}@example.com`, name: `User ${userId}` })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime('12h')
    .sign(new TextEncoder().encode(secret));
}
