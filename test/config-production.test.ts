import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../src/config.ts';
import { faults } from './support/config-faults.ts';

const SECRET = 'one secret of the tests with more than 32 bytes';
const PRODUCTION = { NODE_ENV: 'production', BETTER_AUTH_SECRET: SECRET };

describe('settings that contradict each other', () => {
  it.each([
    [{ AUTH_EMBEDDED: 'true', AUTH_JWKS_URL: 'https://auth.example.com/jwks' }, 'AUTH_EMBEDDED and AUTH_JWKS_URL'],
    [{ DATABASE_ANSWER_TIMEOUT: '10000' }, 'DATABASE_ANSWER_TIMEOUT must be more than DATABASE_STATEMENT_TIMEOUT'],
    [{ AUTH_EMBEDDED: 'false' }, 'BETTER_AUTH_SECRET or AUTH_JWKS_URL must be set with AUTH_EMBEDDED=false'],
  ])('%j are refused', (environment, start) => {
    const lines = faults(environment);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${start}`));
  });

  it('are all named, too', () => {
    const environment = {
      NODE_ENV: 'production',
      AUTH_EMBEDDED: 'true',
      AUTH_JWKS_URL: 'https://auth.example.com/jwks',
    };
    expect(faults(environment)).toHaveLength(2);
  });
});

describe('in production', () => {
  it('the server listens on every address and allows neither browsers elsewhere nor introspection', () => {
    const { production, development, host, corsOrigins, introspection } = loadConfig(PRODUCTION);
    expect({ production, development, host, corsOrigins, introspection }).toEqual({
      production: true,
      development: false,
      host: '0.0.0.0',
      corsOrigins: [],
      introspection: false,
    });
  });

  it('a server that stops still serves while load balancers take notice, for half of its time at most', () => {
    expect(loadConfig(PRODUCTION).shutdown).toEqual({ delay: 5000, timeout: 25_000 });
    expect(loadConfig({ ...PRODUCTION, SHUTDOWN_TIMEOUT: '10000' }).shutdown.timeout).toBe(10_000);
    expect(faults({ ...PRODUCTION, SHUTDOWN_TIMEOUT: '9999' })).toEqual([
      'SHUTDOWN_DELAY must not be more than half of SHUTDOWN_TIMEOUT: the rest is for requests under way',
    ]);
  });

  it('tokens must come from somewhere', () => {
    expect(faults({ NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(/^BETTER_AUTH_SECRET or AUTH_JWKS_URL must be set in production/),
    ]);
    expect(faults({ NODE_ENV: 'production', AUTH_EMBEDDED: 'false' })).toHaveLength(1);
  });

  it('embedded accounts are possible where they are meant, but nothing hands out tokens', () => {
    const { auth, development } = loadConfig({ NODE_ENV: 'production', AUTH_EMBEDDED: 'true' });
    expect({ embedded: auth.embedded, development }).toEqual({ embedded: true, development: false });
  });

  it('what is switched on by name is on', () => {
    const environment = { ...PRODUCTION, GRAPHQL_INTROSPECTION: 'true', CORS_ORIGINS: 'https://app.example.com' };
    const { introspection, corsOrigins } = loadConfig({ ...environment, HOST: '127.0.0.1' });
    expect({ introspection, corsOrigins }).toEqual({ introspection: true, corsOrigins: ['https://app.example.com'] });
  });
});
