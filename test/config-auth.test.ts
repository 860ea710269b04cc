import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../src/config.ts';

const SECRET = 'one secret of the tests with more than 32 bytes';
const OTHER_SECRET = 'two secret of the tests with more than 32 bytes';
const PRODUCTION = { NODE_ENV: 'production' };

function secretsOf(BETTER_AUTH_SECRET: string, environment: Record<string, string> = {}): readonly string[] {
  return loadConfig({ ...environment, BETTER_AUTH_SECRET }).auth.secrets;
}

/** What the one fault of the settings is; never the secret itself. */
function faultOf(secret: string, environment?: Record<string, string>): string {
  try {
    secretsOf(secret, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as ConfigError;
    expect(message).not.toContain(secret);
    return message.replace('Wrong settings:\n  ', '');
  }
  throw new Error('accepted');
}

describe('BETTER_AUTH_SECRET', () => {
  it('takes several secrets, the current one first', () => {
    expect(secretsOf(` ${SECRET} ,${OTHER_SECRET},`)).toEqual([SECRET, OTHER_SECRET]);
  });

  it('counts the bytes of a secret, not its characters', () => {
    expect(secretsOf('ä'.repeat(16))).toEqual(['ä'.repeat(16)]);
    expect(faultOf('ä'.repeat(15))).toBe('BETTER_AUTH_SECRET must have at least 32 bytes');
  });

  it.each([`${SECRET},short`, `short,${SECRET}`])('refuses a short one among several: %s', (secrets) => {
    expect(faultOf(secrets)).toBe('BETTER_AUTH_SECRET must have at least 32 bytes');
  });

  it('refuses one that is printed in documentation', () => {
    expect(faultOf(`${SECRET},better-auth-secret-12345678901234567890`)).toBe(
      'BETTER_AUTH_SECRET is a published default and protects nothing',
    );
  });

  it.each(['x'.repeat(64), 'abcdefg'.repeat(5), `${SECRET},${'0123'.repeat(16)}`])(
    'refuses one of fewer than eight different characters in production: %s',
    (secret) => {
      expect(faultOf(secret, PRODUCTION)).toBe(
        'BETTER_AUTH_SECRET must have at least 8 different characters in production',
      );
    },
  );

  it('accepts a repeated character elsewhere, and eight different ones everywhere', () => {
    expect(secretsOf('x'.repeat(32))).toEqual(['x'.repeat(32)]);
    expect(secretsOf('abcdefgh'.repeat(4), PRODUCTION)).toEqual(['abcdefgh'.repeat(4)]);
  });
});

it('the embedded accounts are off as soon as a secret or a key set is given, unless they are meant', () => {
  expect(loadConfig({ BETTER_AUTH_SECRET: SECRET }).auth.embedded).toBe(false);
  expect(loadConfig({ AUTH_JWKS_URL: 'https://auth.example.com/jwks' }).auth.embedded).toBe(false);
  expect(loadConfig({ BETTER_AUTH_SECRET: SECRET, AUTH_EMBEDDED: 'true' }).auth.embedded).toBe(true);
});

it('a key set needs the issuer whose tokens it signs, in production', () => {
  const keySet = { ...PRODUCTION, AUTH_JWKS_URL: 'https://auth.example.com/jwks' };
  expect(() => loadConfig(keySet)).toThrow('AUTH_ISSUER must be set with AUTH_JWKS_URL in production');
  expect(loadConfig({ ...keySet, AUTH_ISSUER: 'https://auth.example.com' }).auth.issuer).toBeDefined();
});
