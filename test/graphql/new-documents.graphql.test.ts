import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';

/** 6 new documents a minute. None of these documents has a field that counts as a read. */
const SCALE = '0.01';
const LIMIT = 6;

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ environment: { RATE_LIMIT_SCALE: SCALE, GRAPHQL_BATCH_LIMIT: '10' } });
});
afterAll(() => app.close());

async function statuses(user: string, documents: readonly string[]): Promise<number[]> {
  const all: number[] = [];
  for (const document of documents) all.push((await app.graphql(user, document)).status);
  return all;
}

const times = (count: number, document: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => document(index));

describe('documents that were never executed', () => {
  it('are limited per user, whether they are right, refused by validation or no documents at all', async () => {
    const right = await statuses(
      newUser(),
      times(LIMIT + 1, (n) => `{ right${n}: __typename }`),
    );
    const wrong = await statuses(
      newUser(),
      times(LIMIT + 1, (n) => `{ wrong${n} }`),
    );
    const broken = await statuses(
      newUser(),
      times(LIMIT + 1, (n) => `{ broken${n}`),
    );
    expect(right).toEqual([...Array(LIMIT).fill(200), 429]);
    expect(wrong).toEqual([...Array(LIMIT).fill(400), 429]);
    expect(broken).toEqual([...Array(LIMIT).fill(400), 429]);
  });

  it('stay new while validation refuses them, as it is done each time', async () => {
    expect(
      await statuses(
        newUser(),
        times(LIMIT + 1, () => '{ again }'),
      ),
    ).toEqual([...Array(LIMIT).fill(400), 429]);
  });

  it('are counted one by one in a batch', async () => {
    const user = newUser();
    const batch = times(LIMIT + 1, (n) => `{ batch${n}: __typename }`).map((query) => ({ query }));
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await app.credentials(user)) },
      body: JSON.stringify(batch),
    });
    expect(response.status).toBe(429);
  });

  it('are refused with when to come back', async () => {
    const user = newUser();
    await statuses(
      user,
      times(LIMIT, (n) => `{ before${n}: __typename }`),
    );
    const { status, headers, errors } = await app.graphql(user, '{ after: __typename }');
    expect([status, errors[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED']);
    expect(headers.get('retry-after')).toBe(String(errors[0]?.extensions.retryAfter));
  });
});

describe('a document that was executed', () => {
  it('is no longer counted, for whoever sends it', async () => {
    const user = newUser();
    await statuses(newUser(), ['{ known: __typename }']);
    expect(
      await statuses(
        user,
        times(2 * LIMIT, () => '{ known: __typename }'),
      ),
    ).toEqual(Array(2 * LIMIT).fill(200));
  });

  it('is served to a user who may send no new ones', async () => {
    const user = newUser();
    await statuses(newUser(), ['{ served: __typename }']);
    await statuses(
      user,
      times(LIMIT + 1, (n) => `{ spent${n} }`),
    );
    expect(await statuses(user, ['{ served: __typename }'])).toEqual([200]);
  });
});

it('a limit of new documents that is hit is told to the user', async () => {
  const events = createRecordedEvents();
  const recorded = await startTestApp({ environment: { RATE_LIMIT_SCALE: SCALE }, overrides: { events } });
  for (let count = 0; count <= LIMIT; count++) await recorded.graphql('ann', `{ unknown${count} }`);
  await recorded.close();
  expect(events.events).toContainEqual(
    expect.objectContaining({ event: 'LIMIT_HIT', userId: 'ann', detail: 'LIMIT_OF_USER' }),
  );
});
