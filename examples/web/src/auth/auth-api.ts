/** Better Auth's routes that this page needs. The session is a cookie that scripts cannot read. */
const BASE = '/api/auth';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** What Better Auth refused, in its own words. */
export class AuthError extends Error {
  override readonly name = 'AuthError';
}

export async function signUp(person: Credentials & { readonly name: string }): Promise<void> {
  await post('/sign-up/email', person);
}

export async function signIn(credentials: Credentials): Promise<void> {
  await post('/sign-in/email', credentials);
}

export async function signOut(): Promise<void> {
  await post('/sign-out', {});
}

/** An access token for the session; `undefined` when there is none. */
export async function fetchToken(): Promise<string | undefined> {
  const response = await fetch(`${BASE}/token`);
  if (response.status === 401) return undefined;
  if (!response.ok) throw new Error(`The token was not given: ${response.status}`);
  return ((await response.json()) as { token?: string }).token;
}

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(`${BASE}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return;
  const { message } = (await response.json().catch(() => ({}))) as { message?: string };
  throw new AuthError(message ?? 'The server could not do that. Try again in a moment.');
}
