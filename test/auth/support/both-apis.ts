import type { TestApp } from '../../support/app.ts';

interface Outcome {
  readonly status: number;
  /** `WWW-Authenticate` */
  readonly challenge: string | null;
  readonly body: string;
}

/** What each API answers to a request with these headers, which asks for nothing but who it is from. */
export async function askBoth({ url }: TestApp, headers: Record<string, string>): Promise<Outcome[]> {
  const body = JSON.stringify({ query: '{ viewer { id } }' });
  const answers = await Promise.all([
    fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }),
    fetch(`${url}/api/auth/me`, { headers }),
  ]);
  return Promise.all(
    answers.map(async (answer) => ({
      status: answer.status,
      challenge: answer.headers.get('www-authenticate'),
      body: await answer.text(),
    })),
  );
}

export async function statusesOf(app: TestApp, token: string): Promise<number[]> {
  return (await askBoth(app, { authorization: `Bearer ${token}` })).map(({ status }) => status);
}

/** The server's clock runs with the system's and can be set forward. */
export function movableClock() {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance: (milliseconds: number) => {
      ahead += milliseconds;
    },
  };
}
