import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { developmentSecret } from '../../src/auth/development-secret.ts';
import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { systemClock } from '../../src/core/clock.ts';
import { RUN_TYPESCRIPT } from '../support/run-typescript.ts';

const COMMAND = resolve('src/commands/token.ts');
const SECRET = 'a-secret-for-the-command-that-prints-tokens';

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly complaint: string;
}

describe('npm run token', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'token-command-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  function run(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
    return new Promise((done) => {
      execFile(
        process.execPath,
        [...RUN_TYPESCRIPT, COMMAND, ...args],
        { cwd: directory, env },
        (error, output, complaint) => done({ code: error === null ? 0 : Number(error.code), output, complaint }),
      );
    });
  }

  function verify(output: string, options: { secret?: string; issuer?: string; audience?: string } = {}) {
    expect(output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { secret = SECRET, ...required } = options;
    const rules = { secrets: [secret], maxTokenAge: 86_400, clockTolerance: 5, clock: systemClock, ...required };
    return createTokenVerifier(rules).verify(output.trim());
  }

  it('prints a token of an hour, and nothing else', async () => {
    const { code, output, complaint } = await run(['alice'], { BETTER_AUTH_SECRET: SECRET });
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
    const { userId, issuedAt, expiresAt, email, name } = await verify(output);
    expect({ userId, email, name, lifetime: expiresAt - issuedAt }).toEqual({
      userId: 'alice',
      email: null,
      name: null,
      lifetime: 3600,
    });
  });

  it('takes lifetime, e-mail address and name', async () => {
    const args = ['--expires', '15m', 'alice', '--email', 'alice@example.com', '--name', 'Alice B.'];
    const { output } = await run(args, { BETTER_AUTH_SECRET: SECRET });
    const { issuedAt, expiresAt, ...rest } = await verify(output);
    expect(rest).toEqual({ userId: 'alice', email: 'alice@example.com', name: 'Alice B.' });
    expect(expiresAt - issuedAt).toBe(900);
  });

  it('signs with the first of several secrets, for the configured issuer and audience', async () => {
    const env = {
      BETTER_AUTH_SECRET: `${SECRET},another-secret-that-was-replaced-long-ago`,
      AUTH_ISSUER: 'https://auth.example.com',
      AUTH_AUDIENCE: 'todo',
    };
    const { output } = await run(['alice'], env);
    expect(await verify(output, { issuer: 'https://auth.example.com', audience: 'todo' })).toMatchObject({
      userId: 'alice',
    });
  });

  it('reads .env in the working directory, which the environment overrides', async () => {
    await writeFile(join(directory, '.env'), `BETTER_AUTH_SECRET=${SECRET}\nAUTH_ISSUER=from-file\n`);
    const { output } = await run(['alice'], { AUTH_ISSUER: 'from-environment' });
    expect(await verify(output, { issuer: 'from-environment' })).toMatchObject({ userId: 'alice' });
  });

  it('makes and uses the development secret when none is set', async () => {
    const { output } = await run(['alice']);
    expect((await stat(join(directory, '.data', 'auth-secret'))).mode & 0o777).toBe(0o600);
    const secret = await developmentSecret(join(directory, '.data'));
    expect(await verify(output, { secret })).toMatchObject({ userId: 'alice' });
  });

  it('warns when the server would refuse the token before it expires', async () => {
    const { code, output, complaint } = await run(['alice', '--expires', '7d'], { BETTER_AUTH_SECRET: SECRET });
    expect(code).toBe(0);
    expect(complaint).toContain('AUTH_MAX_TOKEN_AGE');
    await verify(output);
  });

  it('prints its use on request', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, output: expect.stringContaining('npm run -s token') });
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['there is no user', [], {}, /^Prints a bearer token/],
    ['the user is empty', [''], {}, /^USER must have 1 to 255 characters/],
    ['the user id is too long', ['u'.repeat(256)], {}, /^USER must have 1 to 255 characters/],
    ['there are two users', ['alice', 'bob'], {}, /^One USER only/],
    ['an option is unknown', ['alice', '--expire', '1h'], {}, /^Unknown option '--expire'/],
    ['an option has no value', ['alice', '--email'], {}, /--email/],
    ['the lifetime has no unit', ['alice', '--expires', '60'], {}, /^--expires must be like 90s/],
    ['the lifetime is negative', ['alice', '--expires=-1h'], {}, /^--expires must be like 90s/],
    ['the lifetime is zero', ['alice', '--expires', '0h'], {}, /^--expires must be like 90s/],
    ['the e-mail address is too long', ['alice', '--email', 'e'.repeat(321)], {}, /^--email must have 1 to 320/],
    ['the name is too long', ['alice', '--name', 'n'.repeat(256)], {}, /^--name must have 1 to 255/],
    [
      'only a key set is configured',
      ['alice'],
      { AUTH_JWKS_URL: 'https://auth.example.com/jwks' },
      /^The server accepts only tokens from AUTH_JWKS_URL/,
    ],
    ['no way to sign in is configured', ['alice'], { AUTH_EMBEDDED: 'false' }, /must be set with AUTH_EMBEDDED=false/],
    ['a setting is wrong', ['alice'], { BETTER_AUTH_SECRET: 'short' }, /^Wrong settings:\n {2}BETTER_AUTH_SECRET/],
  ])('says in a few words what is wrong when %s', async (_what, args, env, message) => {
    const outcome = await run(args, env);
    expect(outcome).toMatchObject({ code: 1, output: '', complaint: expect.stringMatching(message) });
    expect(outcome.complaint).not.toContain('    at ');
  });
});
