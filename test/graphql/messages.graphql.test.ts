import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

// Messages were told apart by words in them, and words of the client's own made them be mistaken for others.
it.each(['introspection', 'Apollo', 'call stack'])(
  'does not mistake "%s" in a value for a word of its own',
  async (word) => {
    const { errors } = await app.graphql('ann', 'query ($first: Int) { tasks(first: $first) { totalCount } }', {
      first: word,
    });
    expect(errors[0]?.message).toContain(`"${word}"`);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  },
);
