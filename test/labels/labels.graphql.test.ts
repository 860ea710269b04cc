import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { KINDS, labelsOf } from './support/label-api.ts';

/** Tags and lists by themselves. */

const MISSING = '01890a5d-ac96-774b-bcce-b302099a8057';
const MAXIMUM = 500;

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

  /** As many as there may be, but for `less`. */
  async function fill(less: number): Promise<void> {
    await app.graphql(user, '{ viewer { id } }');
    await app.owner(
      `insert into ${kind.toLowerCase()}s (id, user_id, name)
       select gen_random_uuid(), $1, 'Name ' || n from generate_series(1, $2::int) n`,
      [user, MAXIMUM - less],
    );
  }

  describe('that is created', () => {
    it('is shown as it was given, with version 1', async () => {
      const made = await labels.create(user, { name: 'Home', color: '#3366ff' });
      expect(made).toEqual({
        ...{ id: expect.stringMatching(/^[0-9a-f-]{14}7/), name: 'Home', color: '#3366ff', version: 1 },
        ...{ createdAt: expect.any(String), updatedAt: made.createdAt },
      });
      expect(await labels.get(user, made.id)).toEqual(made);
      expect(await labels.all(user)).toEqual([made]);
    });

    it.each([
      ['no colour', { name: 'n' }, { name: 'n', color: null }],
      ['a colour of null', { name: 'n', color: null }, { name: 'n', color: null }],
      ['a colour in capitals', { name: 'n', color: '#ABCDEF' }, { name: 'n', color: '#abcdef' }],
      ['a name with spaces around', { name: '  n m  ' }, { name: 'n m' }],
      ['a name of 100 characters', { name: '\u{1f600}'.repeat(100) }, { name: '\u{1f600}'.repeat(100) }],
      ['a name of two code points that are one', { name: 'e\u0301' }, { name: '\u00e9' }],
    ])('may have %s', async (_what, input, expected) => {
      expect(await labels.create(user, input)).toMatchObject(expected);
    });

    it.each([
      ['an empty name', { name: '' }, 'name'],
      ['a name of spaces', { name: ' \t ' }, 'name'],
      ['a name of 101 characters', { name: 'x'.repeat(101) }, 'name'],
      ['a name with NUL', { name: 'a\0b' }, 'name'],
      ['a name with half a character', { name: '\ud800' }, 'name'],
      ['a colour of three digits', { name: 'n', color: '#fff' }, 'color'],
      ['a colour with an alpha', { name: 'n', color: '#ffffffff' }, 'color'],
      ['a colour with a name', { name: 'n', color: 'red' }, 'color'],
      ['a colour with a line break', { name: 'n', color: '#ffffff\n' }, 'color'],
      ['a colour that is empty', { name: 'n', color: '' }, 'color'],
      ['an id that is no UUID', { name: 'n', id: 'x' }, 'id'],
    ])('is refused for %s', async (_what, input, field) => {
      expect(await labels.createRefused(user, input)).toMatchObject({ code: 'BAD_USER_INPUT', fields: [field] });
      expect(await labels.all(user)).toEqual([]);
    });

    it.each(['userId', 'user_id', 'version', 'rev', 'createdAt', '__proto__'])(
      'is refused for the field %s',
      async (field) => {
        const input = JSON.parse(`{ "name": "n", "${field}": "1" }`);
        expect((await labels.createRefused(user, input)).code).toBe('BAD_USER_INPUT');
      },
    );

    it.each([
      ['the same', 'Home', 'Home'],
      ['other capitals', 'Home', 'hOME'],
      ['other capitals beyond ASCII', 'ÄPFEL', 'äpfel'],
      ['other capitals in Greek', 'ΌΧΙ', 'όχι'],
      ['another form of Unicode', 'caf\u00e9', 'cafe\u0301'],
      ['another form of Unicode in capitals', 'CAF\u00c9', 'cafe\u0301'],
      ['spaces around', 'Home', '  home '],
    ])('has a name of its own: %s is a conflict', async (_what, first, second) => {
      const made = await labels.create(user, { name: first });
      expect(await labels.createRefused(user, { name: second })).toMatchObject({ code: 'CONFLICT' });
      const other = await labels.create(user, { name: 'Other' });
      expect(await labels.updateRefused(user, other.id, { name: second })).toMatchObject({ code: 'CONFLICT' });
      expect((await labels.all(user)).map(({ name }) => name).sort()).toEqual([made.name, 'Other'].sort());
    });

    it('may have the name of one of another user, and of one of the other kind', async () => {
      const other = labelsOf(app, kind === 'Tag' ? 'List' : 'Tag');
      await labels.create(newUser(), { name: 'Home' });
      await other.create(user, { name: 'Home' });
      expect((await labels.create(user, { name: 'Home' })).name).toBe('Home');
    });

    it('is one however many devices create its name at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => labels.createAnswer(user, { name: index % 2 ? 'Home' : 'HOME' })),
      );
      const codes = answers.map(({ errors }) => errors[0]?.extensions.code ?? 'made').sort();
      expect(codes).toEqual([...Array(19).fill('CONFLICT'), 'made']);
    });
  });

  describe('that is changed', () => {
    it('has the next version, and what is absent stays', async () => {
      const made = await labels.create(user, { name: 'Home', color: '#3366ff' });
      const renamed = await labels.update(user, made.id, { name: 'Work' }, { expectedVersion: 1 });
      expect(renamed).toEqual({ ...made, name: 'Work', version: 2, updatedAt: renamed.updatedAt });
      expect(await labels.update(user, made.id, { color: null })).toMatchObject({
        name: 'Work',
        color: null,
        version: 3,
      });
    });

    it('may have its own name in other capitals', async () => {
      const { id } = await labels.create(user, { name: 'home' });
      expect(await labels.update(user, id, { name: 'HOME' })).toMatchObject({ name: 'HOME', version: 2 });
    });

    it('stays what it is where nothing is changed', async () => {
      const made = await labels.create(user, { name: 'Home', color: '#3366ff' });
      expect(await labels.update(user, made.id, {})).toEqual(made);
      expect(await labels.update(user, made.id, { name: ' Home ', color: '#3366FF' })).toEqual(made);
    });

    it.each([
      ['a name of null', { name: null }, 'name'],
      ['an empty name', { name: ' ' }, 'name'],
      ['a colour that is none', { color: 'blue' }, 'color'],
    ])('is refused for %s', async (_what, input, field) => {
      const made = await labels.create(user, { name: 'Home' });
      expect(await labels.updateRefused(user, made.id, input)).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: [field],
      });
      expect(await labels.get(user, made.id)).toEqual(made);
    });

    it('is a conflict for an old version, and tells the current one', async () => {
      const { id } = await labels.create(user, { name: 'Home' });
      await labels.update(user, id, { name: 'Work' });
      const stale = { code: 'CONFLICT', version: 2 };
      expect(await labels.updateRefused(user, id, { name: 'x' }, { expectedVersion: 1 })).toMatchObject(stale);
      expect(await labels.deleteRefused(user, id, { expectedVersion: 1 })).toMatchObject(stale);
      expect(await labels.deleteRefused(user, id, { expectedVersion: 3 })).toMatchObject(stale);
    });

    it('is changed by one of twenty who read the same version', async () => {
      const { id } = await labels.create(user, { name: 'Home' });
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          labels.updateAnswer(user, id, { name: `n${index}` }, { expectedVersion: 1 }),
        ),
      );
      expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
      expect((await labels.get(user, id)).version).toBe(2);
    });
  });

  describe('that is not there', () => {
    const NOT_FOUND = { code: 'NOT_FOUND' };
    it('is not found, whoever had it', async () => {
      const theirs = await labels.create(newUser(), { name: 'Home' });
      const gone = await labels.create(user, { name: 'Gone' });
      await labels.delete(user, gone.id);
      for (const id of [theirs.id, gone.id, MISSING]) {
        expect(await labels.getRefused(user, id)).toMatchObject(NOT_FOUND);
        expect(await labels.updateRefused(user, id, { name: 'x' })).toMatchObject(NOT_FOUND);
        expect(await labels.updateRefused(user, id, {}, { expectedVersion: 1 })).toMatchObject(NOT_FOUND);
        expect(await labels.deleteRefused(user, id)).toMatchObject(NOT_FOUND);
      }
    });

    it('is answered alike whether another user has it or nobody', async () => {
      const theirs = await labels.create(newUser(), { name: 'Home' });
      const answers = await Promise.all([theirs.id, MISSING].map((id) => labels.updateAnswer(user, id, { name: 'x' })));
      const told = answers.map(({ errors }) => ({
        ...errors[0]!,
        extensions: { ...errors[0]!.extensions, requestId: '' },
      }));
      expect(told[0]).toEqual(told[1]);
    });

    it('is refused for an id that is none', async () => {
      for (const id of ['', 'x', `${MISSING}'`]) {
        expect(await labels.getRefused(user, id)).toMatchObject({ code: 'BAD_USER_INPUT', fields: ['id'] });
        expect(await labels.deleteRefused(user, id)).toMatchObject({ code: 'BAD_USER_INPUT', fields: ['id'] });
      }
    });
  });

  it('is one of 500 at most', async () => {
    await fill(1);
    await labels.create(user, { name: 'The last one' });
    expect(await labels.createRefused(user, { name: 'One too many' })).toMatchObject({ code: 'BAD_USER_INPUT' });
    const all = await labels.all(user);
    expect(all).toHaveLength(MAXIMUM);
    await labels.delete(user, all[0]!.id);
    expect(await labels.create(user, { name: 'One in its place' })).toMatchObject({ version: 1 });
  });

  it('is one of 500 at most, however many are created at once', async () => {
    await fill(5);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => labels.createAnswer(user, { name: `At once ${index}` })),
    );
    const codes = answers.map(({ errors }) => errors[0]?.extensions.code ?? 'made');
    expect(codes.filter((code) => code === 'made')).toHaveLength(5);
    expect(new Set(codes)).toEqual(new Set(['made', 'BAD_USER_INPUT']));
  });

  it('comes in the order of names, whatever their capitals', async () => {
    for (const name of ['beta', 'Alpha', 'gamma', 'Beta 2', 'alpha 2']) await labels.create(user, { name });
    const names = (await labels.all(user)).map(({ name }) => name);
    expect(names).toEqual(['Alpha', 'alpha 2', 'beta', 'Beta 2', 'gamma']);
  });

  it('is shown anew in a list that was kept', async () => {
    const made = await labels.create(user, { name: 'Home' });
    for (let times = 0; times < 4; times++) expect(await labels.all(user)).toEqual([made]);
    await labels.update(user, made.id, { name: 'Work' });
    expect((await labels.all(user)).map(({ name }) => name)).toEqual(['Work']);
    await labels.delete(user, made.id);
    expect(await labels.all(user)).toEqual([]);
  });

  it('is for those who say who they are', async () => {
    const name = kind.toLowerCase();
    for (const query of [
      `{ ${name}s { id } }`,
      `mutation { create${kind}(input: { name: "n" }) { ${name} { id } } }`,
    ]) {
      expect((await app.graphql(undefined, query)).errors[0]!.extensions.code).toBe('UNAUTHENTICATED');
    }
  });

  it('goes with the account', async () => {
    await labels.create(user, { name: 'Home' });
    expect((await app.rest(user, 'DELETE', '/api/auth/me')).status).toBe(204);
    const rows = await app.owner(`select 1 from ${kind.toLowerCase()}s where user_id = $1`, [user]);
    expect(rows).toEqual([]);
  });
});
