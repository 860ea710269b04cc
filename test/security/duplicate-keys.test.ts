import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';

/** Keys that come twice in one JSON object, which a filter before the server may read the other way round. */

const GOOD = '{ viewer { id } }';
const TOO_DEEP = `{ ${'viewer { '.repeat(13)} id ${'}'.repeat(13)} }`;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

async function operate(body: string) {
  const headers = { 'content-type': 'application/json', ...(await app.credentials('ann')) };
  const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body });
  return { status: response.status, body: await response.json() };
}

it('the document that is judged is the one that is executed', async () => {
  expect(await operate(`{"query":"${TOO_DEEP}","query":"${GOOD}"}`)).toEqual({
    status: 200,
    body: { data: { viewer: { id: 'ann' } } },
  });
  expect(await operate(`{"query":"${GOOD}","query":"${TOO_DEEP}"}`)).toMatchObject({
    status: 400,
    body: { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] },
  });
});

it('the page size that is judged is the one that is executed', async () => {
  const query = 'query ($n: Int) { a: tasks(first: $n) { edges { cursor node { id title version } } } }';
  const aliases = Array.from({ length: 30 }, (_, index) => query.slice(18, -2).replace('a:', `a${index}:`));
  const document = `query ($n: Int) { ${aliases.join(' ')} }`;
  expect(await operate(`{"query":"${document}","variables":{"n":100,"n":1}}`)).toMatchObject({ status: 200 });
  expect(await operate(`{"query":"${document}","variables":{"n":1,"n":100}}`)).toMatchObject({
    status: 400,
    body: { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] },
  });
});
