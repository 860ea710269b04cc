import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins/jwt';
import { Pool } from 'pg';

const PASSWORD = 'correct horse';

interface ExternalAuthOptions {
  databaseUrl: string;
  /** seconds after which a new key signs, and seconds for which an old one is published still */
  jwks?: { rotationInterval: number; gracePeriod: number };
}

/** Somebody else's Better Auth: its own tables by their own names, its own port, and nothing that knows of this server. */
export async function startExternalAuth({ databaseUrl, jwks }: ExternalAuthOptions) {
  let fetches = 0;
  const server = createServer((request, response) => {
    if (request.url === '/api/auth/jwks') fetches += 1;
    void toNodeHandler(auth)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pool = new Pool({ connectionString: databaseUrl, max: 2 });
  const options = {
    baseURL: url,
    secret: 'the-secret-of-an-external-better-auth-server',
    database: pool,
    emailAndPassword: { enabled: true },
    plugins: [jwt({ ...(jwks && { jwks }) })],
    telemetry: { enabled: false },
    logger: { disabled: true },
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const auth = betterAuth(options);

  async function signUp(email: string) {
    const { headers, response } = await auth.api.signUpEmail({
      body: { email, password: PASSWORD, name: 'Somebody' },
      returnHeaders: true,
    });
    const cookie = headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    return { userId: response.user.id, cookie };
  }

  async function token(cookie: string): Promise<string> {
    const response = await fetch(`${url}/api/auth/token`, { headers: { cookie } });
    return ((await response.json()) as { token: string }).token;
  }

  return {
    url,
    jwksUrl: `${url}/api/auth/jwks`,
    signUp,
    token,
    /** how often the key set was fetched */
    fetches: () => fetches,
    query: (text: string, values: unknown[] = []) => pool.query(text, values),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}
