import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestServices, type TestServices } from '../support/test-services.ts';

let services: TestServices;
beforeAll(async () => {
  services = await startTestServices();
});
afterAll(() => services.close());

it.each([
  ['an apostrophe of typography', 'À l’école', 'école'],
  ['quotation marks of typography', 'The “rate limiting” task', 'rate'],
  ['French quotation marks', 'Le «plan» B', 'plan'],
  ['a dash', 'Plan–build', 'build'],
  ['a long dash', 'Plan—build', 'build'],
  ['an ellipsis', 'Wait…then', 'then'],
  ['a space that does not break', 'Rate\u00a0limiting', 'limiting'],
  ['an ideographic space', '東京\u3000見学', '見学'],
  ['an ideographic comma', '東京、大阪', '大阪'],
  ['a bullet', '•Point', 'point'],
  ['an arrow', 'a→b', 'b'],
])('search finds a word after %s', async (_separator, title, search) => {
  const actor = await services.actor();
  const { id } = await services.tasks.create(actor, { title });
  const { rows } = await services.tasks.connection(actor, { search });
  expect(rows.map((row) => row.id)).toEqual([id]);
});
