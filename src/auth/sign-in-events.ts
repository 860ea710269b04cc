import type { SecurityEvent } from '../core/security-events.ts';

type AuthEvent = Omit<SecurityEvent, 'origin'>;

/** What an answer of Better Auth leaves open. */
export interface AuthQuestions {
  /** whose sessions the request ended */
  endedUser: string | undefined;
  /** of whoever sent the request */
  sessionUser(): Promise<string | null>;
  /** of the e-mail address that a sign-in was tried with */
  triedUser(): Promise<string | null>;
}

const SIGN_OUTS = new Set(['sign-out', 'revoke-session', 'revoke-sessions', 'revoke-other-sessions']);

/** The security event in what Better Auth answered on a route, if there is one. The answer can still be read afterwards. */
export async function authEvent(
  route: string,
  response: Response,
  questions: AuthQuestions,
): Promise<AuthEvent | undefined> {
  if (SIGN_OUTS.has(route)) return questions.endedUser ? succeeded('SIGNED_OUT', questions.endedUser) : undefined;
  switch (route) {
    case 'sign-up/email':
      return response.ok ? succeeded('SIGNED_UP', await userIn(response)) : undefined;
    case 'sign-in/email':
      if (response.ok) return succeeded('SIGNED_IN', await userIn(response));
      return response.status === 401 ? failedSignIn(await questions.triedUser()) : undefined;
    case 'change-password':
      if (response.ok) return succeeded('PASSWORD_CHANGED', await userIn(response));
      return (await codeIn(response)) === 'INVALID_PASSWORD' ? wrongPassword(await questions.sessionUser()) : undefined;
    default:
      return undefined;
  }
}

function succeeded(event: AuthEvent['event'], userId: string | null): AuthEvent {
  return { event, outcome: 'SUCCEEDED', userId };
}

/** Whose password is guessed learns of it. */
function failedSignIn(userId: string | null): AuthEvent {
  const detail = userId === null ? 'UNKNOWN_ACCOUNT' : 'WRONG_PASSWORD';
  return { event: 'SIGN_IN_FAILED', outcome: 'REFUSED', userId, detail };
}

function wrongPassword(userId: string | null): AuthEvent {
  return { event: 'PASSWORD_CHANGED', outcome: 'REFUSED', userId, detail: 'WRONG_PASSWORD' };
}

async function userIn(response: Response): Promise<string | null> {
  const { user } = (await response.clone().json()) as { user?: { id?: string } };
  return user?.id ?? null;
}

async function codeIn(response: Response): Promise<string | undefined> {
  const text = await response.clone().text();
  return text === '' ? undefined : (JSON.parse(text) as { code?: string }).code;
}
