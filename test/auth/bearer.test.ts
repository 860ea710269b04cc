import { describe, expect, it } from '@jest/globals';
import { bearerToken, tokenOfParameters } from '../../src/auth/bearer.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { processorTime } from '../support/processor-time.ts';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl-_';

function request(...authorizations: string[]) {
  return {
    rawHeaders: ['Host', 'localhost', ...authorizations.flatMap((value) => ['Authorization', value]), 'Accept', '*/*'],
  };
}

function reasonOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof UnauthenticatedError) return error.reason;
    throw error;
  }
  return 'accepted';
}

describe('bearerToken', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('takes the token after the scheme %s', (scheme) => {
    expect(bearerToken(request(`${scheme} ${TOKEN}`))).toBe(TOKEN);
  });

  it('takes the header in any case and several spaces after the scheme', () => {
    expect(bearerToken({ rawHeaders: ['aUTHORIZATION', `Bearer   ${TOKEN}`] })).toBe(TOKEN);
  });

  it('takes a token of 8,192 characters and refuses a longer one', () => {
    const longest = `a.b.${'c'.repeat(8188)}`;
    expect(bearerToken(request(`Bearer ${longest}`))).toBe(longest);
    expect(reasonOf(() => bearerToken(request(`Bearer ${longest}c`)))).toBe('invalid_request');
  });

  it('misses the token when there is no Authorization header', () => {
    expect(reasonOf(() => bearerToken(request()))).toBe('missing_token');
    expect(reasonOf(() => bearerToken({ rawHeaders: ['X-Authorization', `Bearer ${TOKEN}`, 'Cookie', TOKEN] }))).toBe(
      'missing_token',
    );
  });

  it('refuses several Authorization headers, even equal ones and in different case', () => {
    expect(reasonOf(() => bearerToken(request(`Bearer ${TOKEN}`, `Bearer ${TOKEN}`)))).toBe('invalid_request');
    const rawHeaders = ['authorization', `Bearer ${TOKEN}`, 'AUTHORIZATION', 'Basic YTpi'];
    expect(reasonOf(() => bearerToken({ rawHeaders }))).toBe('invalid_request');
  });

  it.each([
    ['another scheme', 'Basic YTpi'],
    ['no scheme', TOKEN],
    ['a scheme that only begins alike', `Bearers ${TOKEN}`],
    ['no token', 'Bearer'],
    ['an empty token', 'Bearer '],
    ['an empty header', ''],
    ['a tab after the scheme', `Bearer\t${TOKEN}`],
    ['two tokens', `Bearer ${TOKEN} ${TOKEN}`],
    ['a list of credentials', `Bearer ${TOKEN}, Bearer ${TOKEN}`],
    ['text after the token', `Bearer ${TOKEN}; x=1`],
    ['a quoted token', `Bearer "${TOKEN}"`],
    ['two parts', 'Bearer aaa.bbb'],
    ['four parts', 'Bearer aaa.bbb.ccc.ddd'],
    ['the five parts of an encrypted token', 'Bearer aaa.bbb.ccc.ddd.eee'],
    ['an empty signature', 'Bearer aaa.bbb.'],
    ['an empty payload', 'Bearer aaa..ccc'],
    ['padding', 'Bearer aaa=.bbb.ccc'],
    ['base64 that is not base64url', 'Bearer a+a.b/b.ccc'],
    ['characters beyond ASCII', 'Bearer äaa.bbb.ccc'],
    ['a session token of Better Auth', 'Bearer YY9mUQZ2jz6hTHWzGVszs6CJMZ82smZ8'],
  ])('refuses %s', (_what, value) => {
    expect(reasonOf(() => bearerToken(request(value)))).toBe('invalid_request');
  });

  it('answers hostile text of full length at once', () => {
    const started = processorTime();
    for (const text of ['a'.repeat(8192), 'a.'.repeat(4096), `a.b.${'c'.repeat(8187)}!`, ' '.repeat(8192)]) {
      expect(reasonOf(() => bearerToken(request(`Bearer ${text}`)))).toBe('invalid_request');
    }
    expect(processorTime() - started).toBeLessThan(500);
  });
});

describe('tokenOfParameters', () => {
  it.each(['Authorization', 'authorization', 'AUTHORIZATION'])('reads %s of a connection_init payload', (name) => {
    expect(tokenOfParameters({ [name]: `Bearer ${TOKEN}`, other: 1 })).toBe(TOKEN);
  });

  it.each([
    [undefined],
    [null],
    [{}],
    [[]],
    ['Bearer a.b.c'],
    [7],
    [{ authorization: null }],
    [{ headers: { authorization: `Bearer ${TOKEN}` } }],
    [{ token: TOKEN }],
    [Object.create({ authorization: `Bearer ${TOKEN}` })],
  ])('misses the token in %j', (parameters) => {
    expect(reasonOf(() => tokenOfParameters(parameters))).toBe('missing_token');
  });

  it.each([[1], [{}], [[`Bearer ${TOKEN}`]], [true], [TOKEN], ['Basic YTpi'], [`Bearer ${'a'.repeat(8192)}.b.c`]])(
    'refuses %.40j as Authorization',
    (authorization) => {
      expect(reasonOf(() => tokenOfParameters({ authorization }))).toBe('invalid_request');
    },
  );

  it('refuses several of them', () => {
    const [Authorization, authorization] = [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`];
    expect(reasonOf(() => tokenOfParameters({ Authorization, authorization }))).toBe('invalid_request');
  });
});
