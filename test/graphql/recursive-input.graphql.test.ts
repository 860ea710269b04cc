import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

// graphql-jit inlined the checks of a variable through its input type: the second request with a TaskFilter, which
// holds itself, never came to an end and took four gigabytes before the process died.
it('answers a document with a variable of a recursive input type however often it comes', async () => {
  const query = 'query ($filter: TaskFilter) { tasks(filter: $filter) { totalCount } }';
  const filter = { or: [{ completed: true }, { not: { and: [{ completed: false }] } }] };
  for (let times = 0; times < 4; times++) {
    expect(await app.graphql('ann', query, { filter })).toMatchObject({ data: { tasks: { totalCount: 0 } } });
  }
});

it('refuses wrong variables in the same words before and after the document is compiled', async () => {
  const query = 'query ($first: Int!, $order: [TaskOrder!]) { tasks(first: $first, orderBy: $order) { totalCount } }';
  const answers = [];
  for (let times = 0; times < 4; times++) {
    const { status, errors, data } = await app.graphql('ann', query, { first: 'ten', order: [{ field: 'NAME' }] });
    answers.push({ status, data, errors: errors.map(({ message, extensions: { code } }) => ({ message, code })) });
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 400, errors: [{ code: 'BAD_USER_INPUT' }, { code: 'BAD_USER_INPUT' }] });
});
