import { type AccessTokens, createAccessTokens } from '../apollo/live-links.ts';
import { resetUserStores, Store } from '../ui/store.ts';
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
let tokens = createAccessTokens(fetchToken);

/** To be called when the page opens, and after signing in or up. */
export async function openSession(): Promise<void> {
  dropTokens();
  try {
    const token = await tokens.current();
    setUser(token === undefined ? null : userOf(token));
  } catch {
    // Without the server nobody can sign in; who was signed in can go on with what is on the device.
    setUser(lastUser());
  }
}

/** Another tab that signs in or out does so for this one too: they share the cookie. Returns what stops it. */
export function followOtherTabs(): () => void {
  const onStorage = ({ key }: StorageEvent) => key === LAST_USER && void openSession();
  window.addEventListener('storage', onStorage);
  return () => window.removeEventListener('storage', onStorage);
}

export function isSignedIn(user: User): boolean {
  return session.get()?.id === user.id;
}

/** Tokens of this user and of no other: what one has begun must not be done as another who has signed in since. */
export function tokensOf(user: User): AccessTokens {
  return {
    async current() {
      const token = await tokens.current();
      if (token === undefined) return undefined;
      const owner = userOf(token);
      if (owner.id === user.id) return token;
      setUser(owner);
      return undefined;
    },
    forget: (refused) => tokens.forget(refused),
  };
}

/** The server accepts no token of this user any more. */
export function expireSession(user: User): void {
  if (!isSignedIn(user)) return;
  dropTokens();
  setUser(null);
}

export async function closeSession(user: User): Promise<void> {
  await endSession();
  expireSession(user);
}

/** One that is on its way is dropped too: it may be of whoever was signed in before. */
function dropTokens(): void {
  tokens = createAccessTokens(fetchToken);
}

function setUser(user: User | null): void {
  if (user) localStorage.setItem(LAST_USER, JSON.stringify(user));
  else localStorage.removeItem(LAST_USER);
  // The same one again is no news: everything of the user would be set up anew.
  if (user && session.get()?.id === user.id) return;
  resetUserStores();
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
