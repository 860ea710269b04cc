import { expect, it } from '@jest/globals';
import { type AnyInput, type Api, refusalOf } from '../../support/api.ts';
import { newUser, taskInput } from '../../support/factories.ts';

const EMOJI = '\u{1f469}\u{1f3fd}';
const NOT_TEXT = [1, true, {}, [], ['a']];
const NOT_FLAGS = ['true', 1, 0, {}, []];

/** What may be written into a task, and how it is refused: `fields` names what is wrong. */
export function validationCases(api: () => Api): void {
  async function refusedFields(input: AnyInput): Promise<string[] | undefined> {
    const user = newUser();
    const refusal = await refusalOf(api().create(user, input));
    expect(refusal.code).toBe('BAD_USER_INPUT');
    expect((await api().list(user)).total).toBe(0);
    return refusal.fields;
  }

  async function storedTitle(title: string): Promise<string> {
    const user = newUser();
    const task = await api().create(user, { title });
    expect((await api().get(user, task.id)).title).toBe(task.title);
    return task.title;
  }

  it('trims white space of all kinds around a title', async () => {
    expect(await storedTitle(' \t\r\n\u00a0\u3000 Buy  milk \u2028\ufeff')).toBe('Buy  milk');
  });

  it.each([
    ['letters', 'x'],
    ['letters of two bytes', 'ü'],
    ['emoji', '\u{1f600}'],
    ['letters and combining marks that compose', 'u\u0308'],
  ])('takes a title of 255 characters after trimming and refuses one of 256, in %s', async (_kind, character) => {
    const longest = character.repeat(255);
    expect(await storedTitle(`  ${longest}  `)).toBe(longest.normalize('NFC'));
    expect(await refusedFields({ title: `${longest}${character}` })).toEqual(['title']);
  });

  it('counts code points, not what people see as one character', async () => {
    expect(await storedTitle(EMOJI.repeat(127))).toBe(EMOJI.repeat(127));
    expect(await refusedFields({ title: EMOJI.repeat(128) })).toEqual(['title']);
  });

  it.each([
    ['an empty one', ''],
    ['one of white space', ' \n\t\u00a0'],
    ['one of control characters', '\u0001\u0007\u009f'],
    ['one with NUL', 'a\0b'],
    ['one with a lone high surrogate', 'a\ud800b'],
    ['one with a lone low surrogate', 'a\udc00'],
    ['one with surrogates the wrong way round', '\udc00\ud800'],
  ])('refuses as a title %s', async (_kind, title) => {
    expect(await refusedFields({ title })).toEqual(['title']);
  });

  it('refuses a task without a title and one whose title is null', async () => {
    await refusedFields({});
    await refusedFields({ title: null });
    await refusedFields({ description: 'Alone' });
  });

  it('refuses a title and a description that are not text', async () => {
    for (const value of NOT_TEXT) {
      await refusedFields({ title: value });
      await refusedFields({ title: 'Good', description: value });
    }
  });

  it('refuses a completed that is not true or false, null among it', async () => {
    for (const completed of NOT_FLAGS) await refusedFields({ title: 'Good', completed });
    expect(await refusedFields({ title: 'Good', completed: null })).toEqual(['completed']);
  });

  it('removes control characters except newline and tab, and makes CR LF a newline', async () => {
    const user = newUser();
    const dirty = 'a\u0001b\u0008\u000b\u001bc\u007fd\u0085e\r\nf\ng\th\ri';
    const task = await api().create(user, { title: `x${dirty}x`, description: `${dirty}\n` });
    expect(task).toMatchObject({ title: 'xabcde\nf\ng\thix', description: 'abcde\nf\ng\thi\n' });
  });

  it('normalises texts to NFC', async () => {
    const user = newUser();
    const task = await api().create(user, { title: 'Mu\u0308nchen \u212b', description: 'e\u0301' });
    expect(task).toMatchObject({ title: 'M\u00fcnchen \u00c5', description: '\u00e9' });
    expect((await api().list(user, { search: 'mu\u0308nchen' })).total).toBe(1);
  });

  it('leaves marks of direction and joiners in texts, which scripts and emoji need', async () => {
    const title = 'שלום \u200fabc \u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u202eevil';
    expect(await storedTitle(title)).toBe(title);
  });

  it('takes a description of 65,536 characters as it is and refuses one more', async () => {
    const user = newUser();
    const longest = ` ${'ü\u{1f600}'.repeat(32_767)} `;
    const task = await api().create(user, { title: 'Long', description: longest });
    expect((await api().get(user, task.id)).description).toBe(longest);
    expect(await refusedFields({ title: 'Too long', description: `${longest}x` })).toEqual(['description']);
  });

  it('refuses a description with NUL or a lone surrogate', async () => {
    for (const description of ['\0', '\ud800', 'x\udfff']) {
      expect(await refusedFields({ title: 'Good', description })).toEqual(['description']);
    }
  });

  it('tells every fault at once', async () => {
    const faulty = { title: ' ', description: '\0', completed: null, id: 'x' };
    expect((await refusedFields(faulty))?.sort()).toEqual(['completed', 'description', 'id', 'title']);
  });

  it.each(['user_id', 'userId', 'owner', 'version', 'created_at', 'createdAt', 'deleted_at', 'rev', 'constructor'])(
    'refuses a creation that names %s',
    async (field) => {
      await refusedFields({ title: 'Good', [field]: 'somebody-else' });
    },
  );

  it('refuses a field called __proto__', async () => {
    await refusedFields(JSON.parse('{"title": "Good", "__proto__": {"completed": true}}'));
  });

  it.each([
    '',
    'x',
    '1',
    'not-a-uuid',
    '01890a5d-ac96-774b-bcce-b302099a805',
    '{01890a5d-ac96-774b-bcce-b302099a8057}',
  ])('refuses the client-made id %j', async (id) => {
    expect(await refusedFields({ title: 'Good', id })).toEqual(['id']);
  });

  it('takes null for an id or a description as none', async () => {
    const task = await api().create(newUser(), { title: 'Good', id: null, description: null });
    expect(task).toMatchObject({ id: expect.any(String), description: null });
  });

  it.each(['x', '1', '01890a5d-ac96-774b-bcce-b302099a805', "' or 1=1", '01890a5d-ac96-774b-bcce-b302099a8057x', '🙂'])(
    'refuses the malformed id %j in every operation',
    async (id) => {
      const user = newUser();
      for (const call of [
        () => api().get(user, id),
        () => api().update(user, id, { title: 'New' }),
        () => api().toggle(user, id),
        () => api().delete(user, id),
      ]) {
        expect(await refusalOf(call())).toMatchObject({ code: 'BAD_USER_INPUT', fields: ['id'] });
      }
    },
  );

  it('refuses null for what every task has, and leaves the task alone', async () => {
    const user = newUser();
    const task = await api().create(user, taskInput());
    for (const field of ['title', 'completed']) {
      const refusal = await refusalOf(api().update(user, task.id, { [field]: null }));
      expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [field] });
    }
    expect(await api().get(user, task.id)).toEqual(task);
  });

  it('holds changes to the same rules as new tasks', async () => {
    const user = newUser();
    const task = await api().create(user, taskInput());
    for (const [field, value] of [
      ['title', 'x'.repeat(256)],
      ['title', ' '],
      ['title', '\0'],
      ['description', 'x'.repeat(65_537)],
    ] as const) {
      const refusal = await refusalOf(api().update(user, task.id, { [field]: value }));
      expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [field] });
    }
    expect(await api().get(user, task.id)).toEqual(task);
    expect(await api().update(user, task.id, { title: ' e\u0301\u0007 ' })).toMatchObject({ title: '\u00e9' });
  });

  it('refuses a change that names the owner', async () => {
    const user = newUser();
    const task = await api().create(user, taskInput());
    for (const field of ['user_id', 'userId', 'deleted_at', 'rev']) {
      const refusal = await refusalOf(api().update(user, task.id, { title: 'New', [field]: 'somebody-else' }));
      expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    expect(await api().get(user, task.id)).toEqual(task);
  });

  it('refuses an expected version that no task can have', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    for (const version of [0, -1, 1.5, 2_147_483_648, 1e21]) {
      const { code } = await refusalOf(api().update(user, id, { title: 'New' }, version));
      expect(['BAD_USER_INPUT', 'CONFLICT']).toContain(code);
    }
  });

  it('refuses a page size beyond 1 to 100', async () => {
    for (const limit of [0, -1, 101, 1.5, 2 ** 53]) {
      expect(await refusalOf(api().list(newUser(), { limit }))).toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });

  it('refuses a search text of more than 200 characters or with NUL', async () => {
    const user = newUser();
    expect((await api().list(user, { search: ` ${'x'.repeat(200)} ` })).total).toBe(0);
    for (const search of ['x'.repeat(201), '\0']) {
      expect(await refusalOf(api().list(user, { search }))).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: ['search'],
      });
    }
  });
}
