import type { AuthRequest, EmbeddedAuth } from '../../../src/auth/embedded-auth.ts';

const PASSWORD = 'correct horse';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the server sent
  readonly body: any;
}

/** What a front end does with the embedded Better Auth. */
export function authClient(auth: EmbeddedAuth, address = '192.0.2.1') {
  const origin = { address, requestId: 'request-of-a-test' };

  async function call(
    request: Pick<AuthRequest, 'method' | 'body'> & { path: string; headers?: object },
  ): Promise<Answer> {
    const { method, path, body, headers = {} } = request;
    const response = await auth.handle({ method, url: `/api/auth/${path}`, headers: { ...headers }, body, origin });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
  const get = (path: string, headers?: object) =>
    call({ method: 'GET', path, body: undefined, headers: { ...headers } });
  const post = (path: string, body: unknown, headers?: object) =>
    call({ method: 'POST', path, body, headers: { ...headers } });

  /** @returns the user's id */
  async function signUp(email: string, name = 'Somebody'): Promise<string> {
    const { body } = await post('sign-up/email', { email, name, password: PASSWORD });
    return body.user.id;
  }
  /** @returns the token of the session */
  async function signIn(email: string): Promise<string> {
    const { body } = await post('sign-in/email', { email, password: PASSWORD });
    return body.token;
  }
  /** @returns a JSON Web Token */
  async function token(session: string): Promise<string> {
    const { body } = await get('token', { authorization: `Bearer ${session}` });
    return body.token;
  }
  async function signUpToken(email: string): Promise<string> {
    await signUp(email);
    return token(await signIn(email));
  }
  return { get, post, signUp, signIn, token, signUpToken };
}
