import { expect, it } from '@jest/globals';
import { type AnyInput, type Api, refusalOf } from '../../support/api.ts';
import { newUser, taskInput } from '../../support/factories.ts';

/** Half a million combining marks that are not in their canonical order, in two ways: just what a body may hold. */
const FLOODS = [`a${'\u0300\u0316'.repeat(250_000)}`, `a${'\u0300'.repeat(250_000)}${'\u0316'.repeat(250_000)}`];

/** Values that attack what handles them: normalisation, prototypes, operators, search, and the size of answers. */
export function valueCases(api: () => Api): void {
  async function refused(input: AnyInput): Promise<string[] | undefined> {
    const user = newUser();
    const { code, fields } = await refusalOf(api().create(user, input));
    expect({ code, total: (await api().list(user)).total }).toEqual({ code: 'BAD_USER_INPUT', total: 0 });
    return fields;
  }

  it.each([
    ['U+FB2C', '\ufb2c'],
    ['U+1D160', '\u{1d160}'],
  ])('counts what %s is normalised to, which is three characters', async (_name, character) => {
    const { title } = await api().create(newUser(), { title: character.repeat(85) });
    expect({ title, length: [...title].length }).toEqual({ title: character.repeat(85).normalize('NFC'), length: 255 });
    expect(await refused({ title: character.repeat(86) })).toEqual(['title']);
  });

  it('leaves a ligature of 18 letters as it is, which only looks like a phrase', async () => {
    const title = '\ufdfa'.repeat(255);
    expect(await api().create(newUser(), { title })).toMatchObject({ title });
  });

  it('takes as many combining marks as a title has room for, in their canonical order', async () => {
    const title = `x${'\u0300\u0316'.repeat(127)}`;
    const canonical = `x${'\u0316'.repeat(127)}${'\u0300'.repeat(127)}`;
    expect(await api().create(newUser(), { title })).toMatchObject({ title: canonical });
  });

  it('refuses a flood of combining marks before it would be sorted, which takes minutes', async () => {
    for (const flood of FLOODS) {
      expect(await refused({ title: flood })).toEqual(['title']);
      expect(await refused({ title: 'Good', description: flood })).toEqual(['description']);
    }
    const sorting = 'x\u0300\u0316'.repeat(20_000);
    expect((await api().create(newUser(), { title: 'Good', description: sorting })).description).toHaveLength(60_000);
  });

  it.each([
    ['an operator of the ORM', { $ne: null }],
    ['raw SQL', { sql: "'x'", params: [] }],
    ['a text of its own', { toString: 'x', length: 1 }],
    ['a list of texts', ['x']],
    ['a text with a prototype', { __type: 'String', value: 'x' }],
  ])('refuses %s where text belongs', async (_name, value) => {
    expect(await refused({ title: value })).toBeDefined();
    expect(await refused({ title: 'Good', description: value })).toBeDefined();
    expect(await refused({ title: 'Good', completed: value })).toBeDefined();
    expect(await refused({ title: 'Good', id: value })).toBeDefined();
  });

  it.each([
    ...['completed_at', 'completedAt', 'updated_at', 'updatedAt', 'deletedAt', 'search', 'task', 'input'],
    ...['toString', 'hasOwnProperty', 'prototype', '__typename', '$set', 'title ', 'Title', 'title\0'],
  ])('refuses a creation that names %j', async (field) => {
    await refused({ title: 'Good', [field]: '2026-01-01T00:00:00.000Z' });
  });

  it('refuses a change that names what only the server writes, and leaves the task alone', async () => {
    const user = newUser();
    const task = await api().create(user, taskInput());
    for (const field of ['owner', 'deletedAt', 'search', 'toString', 'constructor', '$set']) {
      const refusal = await refusalOf(api().update(user, task.id, { title: 'New', [field]: newUser() }));
      expect({ field, code: refusal.code }).toEqual({ field, code: 'BAD_USER_INPUT' });
    }
    expect(await api().get(user, task.id)).toEqual(task);
  });

  it('names some faults of an input that has thousands, and names of any length in short', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`unknown_${index}`, index]));
    const user = newUser();
    for (const input of [
      { title: 'Good', ...many },
      { title: 'Good', ['x'.repeat(500_000)]: 1 },
    ]) {
      const { code, fields = [], message } = await refusalOf(api().create(user, input));
      expect(code).toBe('BAD_USER_INPUT');
      expect(fields.length).toBeLessThanOrEqual(50);
      expect(fields.join('').length + message.length).toBeLessThan(50_000);
    }
  });

  it.each([
    ['alpha | zeta', 0],
    ['!zeta', 0],
    ['alpha & !beta', 1],
    ['beta <-> alpha', 1],
    ['alpha <2> beta', 0],
    ['al:*', 1],
    ["alpha':Z", 0],
    ['%lpha', 0],
    ['alpha%', 1],
    ["') or true --", 0],
    ["alpha'; drop table tasks; --", 0],
    ['\\', 0],
    ['((((alpha', 1],
  ])('takes the search %j for words, not for a language', async (search, total) => {
    const user = newUser();
    await api().create(user, { title: 'Alpha beta', description: 'gamma' });
    expect((await api().list(user, { search })).total).toBe(total);
  });

  it('answers searches that are made to be hard to match', async () => {
    const user = newUser();
    await api().create(user, { title: 'a'.repeat(255), description: 'a-'.repeat(30_000) });
    for (const search of ['a'.repeat(200), `${'a '.repeat(99)}b`, 'a-'.repeat(99), '('.repeat(200), "'".repeat(200)]) {
      await api().list(user, { search });
    }
    expect((await api().list(user)).total).toBe(1);
  });
}
