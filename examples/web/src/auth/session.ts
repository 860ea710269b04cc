import { createAccessTokens } from '../apollo/live-links.ts';
import { Store } from '../ui/store.ts';
import { signOut as endSession, fetchToken } from './auth-api.ts';

/** Whom the access token names. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** `undefined` until it is known whether somebody is signed in, `null` when nobody is. */
type Session = User | null | undefined;

const LAST_USER = 'last user';

export const session = new Store<Session>(undefined);
export const tokens = createAccessTokens(fetchToken);

/** To be called when the page opens, and after signing in or up. */
export async function openSession(): Promise<void> {
  tokens.forget();
  try {
    const token = await tokens.current();
    setUser(token === undefined ? null : userOf(token));
  } catch {
    // Without the server nobody can sign in; who was signed in can go on with what is on the device.
    setUser(lastUser());
  }
}

/** The server accepts no token of this session any more. */
export function expireSession(): void {
  tokens.forget();
  setUser(null);
}

export async function closeSession(): Promise<void> {
  await endSession();
  expireSession();
}

function setUser(user: User | null): void {
  if (user) localStorage.setItem(LAST_USER, JSON.stringify(user));
  else localStorage.removeItem(LAST_USER);
  // The same one again is no news: everything of the user would be set up anew.
  if (user && session.get()?.id === user.id) return;
  session.set(user);
}

function lastUser(): User | null {
  const text = localStorage.getItem(LAST_USER);
  return text === null ? null : (JSON.parse(text) as User);
}

function userOf(token: string): User {
  const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  const { sub, name, email } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, string | undefined>;
  return { id: sub ?? '', name: name ?? email ?? '', email: email ?? '' };
}
