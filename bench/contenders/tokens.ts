import { jwtVerify } from 'jose';
import { TOKEN_KEY } from './settings.ts';

const MAXIMUM_ENTRIES = 10_000;
const verified = new Map<string, { userId: string; expiresAt: number }>();

/** The user that a bearer token names, or `undefined` when it is missing or bad. Each token is verified once. */
export async function userOf(authorization: string | undefined): Promise<string | undefined> {
  if (!authorization?.startsWith('Bearer ')) return undefined;
  const token = authorization.slice('Bearer '.length);
  const known = verified.get(token);
  if (known) return known.expiresAt > Date.now() ? known.userId : undefined;
  const entry = await verify(token);
  if (!entry) return undefined;
  if (verified.size >= MAXIMUM_ENTRIES) verified.delete(verified.keys().next().value!);
  verified.set(token, entry);
  return entry.userId;
}

async function verify(token: string): Promise<{ userId: string; expiresAt: number } | undefined> {
  try {
    const { payload } = await jwtVerify(token, TOKEN_KEY, { algorithms: ['HS256'], requiredClaims: ['sub', 'exp'] });
    return payload.sub && payload.exp ? { userId: payload.sub, expiresAt: payload.exp * 1000 } : undefined;
  } catch {
    return undefined;
  }
}
