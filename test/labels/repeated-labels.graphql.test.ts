import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { KINDS, labelsOf } from './support/label-api.ts';

/** Tags and lists that are sent again. */

let app: TestApp;
let user: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => {
  user = newUser();
});

describe.each(KINDS)('a %s', (kind) => {
  let labels: ReturnType<typeof labelsOf>;
  beforeAll(() => {
    labels = labelsOf(app, kind);
  });

  describe('with an id of the client', () => {
    it('is the same when it is sent again', async () => {
      const id = randomUUID();
      const made = await labels.create(user, { id, name: 'Home', color: '#ABCDEF' });
      expect(await labels.create(user, { id: id.toUpperCase(), name: 'Home', color: '#abcdef' })).toEqual(made);
      expect(await labels.all(user)).toHaveLength(1);
    });

    it('is one when it is sent twenty times at once', async () => {
      const input = { id: randomUUID(), name: 'Home' };
      const made = await Promise.all(Array.from({ length: 20 }, () => labels.create(user, input)));
      expect(new Set(made.map((label) => JSON.stringify(label))).size).toBe(1);
    });

    it('is a conflict for another one under the same id', async () => {
      const id = randomUUID();
      await labels.create(user, { id, name: 'Home' });
      expect(await labels.createRefused(user, { id, name: 'Work' })).toMatchObject({ code: 'CONFLICT' });
      expect(await labels.createRefused(user, { id, name: 'Home', color: '#ffffff' })).toMatchObject({
        code: 'CONFLICT',
      });
    });

    it('of another user is a conflict that tells nothing of theirs', async () => {
      const id = randomUUID();
      await labels.create(newUser(), { id, name: 'Secret plans' });
      const answer = await labels.createAnswer(user, { id, name: 'Secret plans' });
      expect(answer.errors[0]!.extensions.code).toBe('CONFLICT');
      expect(JSON.stringify(answer)).not.toContain('Secret');
      expect(answer.errors[0]!.extensions.version).toBeUndefined();
    });
  });

  describe('under an idempotency key', () => {
    it('is created once', async () => {
      const made = await Promise.all(Array.from({ length: 10 }, () => labels.create(user, { name: 'Home' }, 'k')));
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      expect(await labels.all(user)).toHaveLength(1);
    });

    it('is answered as it was then, though it has changed since', async () => {
      const made = await labels.create(user, { name: 'Home' }, 'k');
      await labels.update(user, made.id, { name: 'Work' });
      expect(await labels.create(user, { name: 'Home' }, 'k')).toEqual(made);
    });

    it('is changed and deleted once', async () => {
      const { id } = await labels.create(user, { name: 'Home' });
      const options = { expectedVersion: 1, key: 'change' };
      const changed = await labels.update(user, id, { color: '#000000' }, options);
      expect(await labels.update(user, id, { color: '#000000' }, options)).toEqual(changed);
      expect(await labels.delete(user, id, { key: 'delete' })).toBe(id);
      expect(await labels.delete(user, id, { key: 'delete' })).toBe(id);
    });

    it('is a conflict for another request', async () => {
      await labels.create(user, { name: 'Home' }, 'k');
      const { errors } = await labels.createAnswer(user, { name: 'Work' }, 'k');
      expect(errors[0]!.extensions.code).toBe('CONFLICT');
    });

    it('is a conflict for one of the other kind', async () => {
      await labels.create(user, { name: 'Home' }, 'k');
      const { errors } = await labelsOf(app, kind === 'Tag' ? 'List' : 'Tag').createAnswer(user, { name: 'Home' }, 'k');
      expect(errors[0]!.extensions.code).toBe('CONFLICT');
    });
  });
});
