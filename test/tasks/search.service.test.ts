import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Actor } from '../../src/core/actor.ts';
import { countOf, startTestServices, type TestServices } from '../support/test-services.ts';

let services: TestServices;

beforeAll(async () => {
  services = await startTestServices();
});

afterAll(() => services.close());

async function actorWith(titles: readonly string[]): Promise<Actor> {
  const actor = await services.actor();
  for (const title of titles) await services.tasks.create(actor, { title });
  return actor;
}

async function found(actor: Actor, search: string): Promise<string[]> {
  const { rows } = await services.tasks.connection(actor, {
    search,
    orderBy: [{ field: 'createdAt', direction: 'asc' }],
  });
  expect(await countOf(services, actor, { search })).toBe(rows.length);
  return rows.map((row) => row.title);
}

describe('search', () => {
  it.each([
    ['a whole word', 'limiting'],
    ['the beginning of a word', 'limi'],
    ['one letter', 'l'],
    ['another case', 'LIMITing'],
    ['several words in any order', 'limiting rate'],
    ['the beginnings of several words', 'ra lim'],
    ['the same word twice', 'rate rate'],
    ['words with white space around and between', '  rate \t\n limiting '],
    ['words between quotes and brackets', '"rate" (limiting)'],
    ['words with punctuation between', 'rate-limiting'],
  ])('finds a task by %s', async (_how, search) => {
    const actor = await actorWith(['Implement rate limiting', 'Implement pagination']);
    expect(await found(actor, search)).toEqual(['Implement rate limiting']);
  });

  it('wants all words, not one of them', async () => {
    const actor = await actorWith(['Implement rate limiting', 'Implement pagination']);
    expect(await found(actor, 'implement')).toHaveLength(2);
    expect(await found(actor, 'implement caching')).toEqual([]);
  });

  it('does not find the middle or the end of a word', async () => {
    const actor = await actorWith(['Implement rate limiting']);
    for (const search of ['miting', 'ate', 'mplement']) expect(await found(actor, search)).toEqual([]);
  });

  it('finds words that stand in the title and others in the description', async () => {
    const actor = await services.actor();
    await services.tasks.create(actor, { title: 'Alpha', description: 'Beta gamma' });
    expect(await found(actor, 'alpha gam')).toEqual(['Alpha']);
  });

  it('finds the parts of paths, names and addresses', async () => {
    const title = 'Fix backend/app/main.py for user_name@mail.example.com, see T071 (v1.2.3)';
    const actor = await actorWith([title]);
    for (const search of [
      'main.py',
      'main',
      'py',
      'backend/app',
      'user_name',
      'name',
      'mail.example',
      'T071',
      't07',
      'v1',
    ]) {
      expect([search, await found(actor, search)]).toEqual([search, [title]]);
    }
  });

  it.each([
    ['&', []],
    ['|', []],
    ['!', []],
    ['<->', []],
    [':*', []],
    ['&&', []],
    ["'", []],
    ['a & | b', ['a b']],
    ['!limiting', ['Rate limiting']],
    ['rate:*', ['Rate limiting']],
    ['rate | b', []],
    ['rate <-> limiting', ['Rate limiting']],
    ['limiting <-> rate', ['Rate limiting']],
    ["rate'limiting", ['Rate limiting']],
    ["'rate limiting'", ['Rate limiting']],
    ['rate:C', []],
    ['(rate', ['Rate limiting']],
    ["rate\\' limiting", ['Rate limiting']],
  ])('takes the query language of PostgreSQL for punctuation: %s', async (search, expected) => {
    const actor = await actorWith(['Rate limiting', 'a b']);
    expect(await found(actor, search)).toEqual(expected);
  });

  it.each(['%', '_', '%%', 'ra%', 'r_te', '\\', '\\%', '?', '$1', '??'])('knows no wildcards: %s', async (search) => {
    const actor = await actorWith(['Implement rate limiting']);
    const expected = search === 'ra%' ? ['Implement rate limiting'] : [];
    expect(await found(actor, search)).toEqual(expected);
  });

  it('lists everything for an empty text and nothing for punctuation alone', async () => {
    const actor = await actorWith(['One', 'Two']);
    for (const search of ['', '   ', '\n']) expect(await found(actor, search)).toEqual(['One', 'Two']);
    for (const search of ['!', '...', '-', '"', "''", '«»']) expect(await found(actor, search)).toEqual([]);
  });

  it('knows no words that mean nothing: every word counts', async () => {
    const actor = await actorWith(['The end', 'An end']);
    expect(await found(actor, 'the end')).toEqual(['The end']);
  });

  it.each([
    ['Grüße aus München', ['grüße', 'GRÜSSE'.toLowerCase().replace('ss', 'ß'), 'münch', 'MÜNCHEN']],
    ['Ärger mit Öl', ['ärger', 'öl', 'ÖL']],
    ['ÇA VA', ['ça', 'ÇA VA']],
    ['Привет МИР', ['привет', 'мир', 'при']],
    ['Αθήνα', ['αθήνα', 'ΑΘΉΝΑ', 'αθ']],
    ['שלום עולם', ['שלום', 'עול']],
  ])('finds words of other alphabets in any case: %s', async (title, searches) => {
    const actor = await actorWith([title, 'Something else']);
    for (const search of searches) expect([search, await found(actor, search)]).toEqual([search, [title]]);
  });

  it('finds words that are written without spaces by their beginning', async () => {
    const actor = await actorWith(['東京タワー 見学', '大阪城']);
    expect(await found(actor, '東京')).toEqual(['東京タワー 見学']);
    expect(await found(actor, '見学')).toEqual(['東京タワー 見学']);
    expect(await found(actor, '大阪城')).toEqual(['大阪城']);
  });

  it('finds words beside emoji', async () => {
    const actor = await actorWith(['\u{1f680} Launch', 'Party \u{1f389}\u{1f389}']);
    expect(await found(actor, 'launch')).toEqual(['\u{1f680} Launch']);
    expect(await found(actor, 'party')).toEqual(['Party \u{1f389}\u{1f389}']);
  });

  it('finds composed and decomposed letters alike', async () => {
    const actor = await actorWith(['Cafe\u0301']);
    expect(await found(actor, 'caf\u00e9')).toEqual(['Caf\u00e9']);
    expect(await found(actor, 'cafe\u0301')).toEqual(['Caf\u00e9']);
  });

  it('finds a task by its new words after a change, and no more by the old ones', async () => {
    const actor = await services.actor();
    const task = await services.tasks.create(actor, { title: 'Before', description: 'Earlier' });
    await services.tasks.update(actor, task.id, { title: 'After', description: null });
    expect(await found(actor, 'after')).toEqual(['After']);
    expect([await found(actor, 'before'), await found(actor, 'earlier')]).toEqual([[], []]);
  });

  it('answers every text that can be sent, whatever is in it', async () => {
    const actor = await actorWith(['Implement rate limiting']);
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.string({ unit: fc.constantFrom(...'&|!()<>-:*\'"\\%_ aA1.@/\u00a0\u2019\u3000é日\u{1f600}'), maxLength: 60 }),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const search = text.replaceAll('\0', '');
        const { rows } = await services.tasks.connection(actor, { search });
        expect(rows.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('finds every task by its own title', async () => {
    const titles = fc.string({ unit: fc.constantFrom(...'ab1é日-. /\'"&:!x9e_@'), minLength: 1, maxLength: 30 });
    const actor = await services.actor();
    await fc.assert(
      fc.asyncProperty(titles, async (text) => {
        fc.pre(/[\p{L}\p{N}]/u.test(text));
        const { id, title } = await services.tasks.create(actor, { title: text });
        const { rows } = await services.tasks.connection(actor, { search: title, first: 100 });
        expect(rows.map((row) => row.id)).toContain(id);
        await services.tasks.delete(actor, id);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a phrase in double quotes', () => {
  const titles = ['Call the supplier', 'The supplier will call', 'Call them all; the supplier is away'];

  it.each([
    ['"call the supplier"', ['Call the supplier']],
    ['"the supplier"', titles],
    ['“the supplier”', titles],
    ['"supplier the"', []],
    ['"CALL THE"', ['Call the supplier']],
    ['"call-the/supplier"', ['Call the supplier']],
    ['"call the supp"', []],
    ['"call"', titles],
    ['"cal"', []],
    ['"the supplier" wil', ['The supplier will call']],
    ['wil "the supplier"', ['The supplier will call']],
    ['"the supplier" "will call"', ['The supplier will call']],
    ['"the supplier" is away', [titles[2]]],
    ['"the call', titles],
    ['"call the" "supp', ['Call the supplier']],
    ['"" supp', titles],
    ['"!" supp', titles],
    ['""', []],
    ['"&" "|"', []],
  ])('finds whole words next to each other in that order: %s', async (search, expected) => {
    expect(await found(await actorWith(titles), search)).toEqual(expected);
  });

  it('finds words that occur several times, at the right distance', async () => {
    const actor = await actorWith(['To be or not to be', 'To be, not to or']);
    expect(await found(actor, '"to be or not to be"')).toEqual(['To be or not to be']);
    expect(await found(actor, '"not to"')).toHaveLength(2);
  });

  it('stands in the title or in the description, and does not begin in one and end in the other', async () => {
    const actor = await services.actor();
    await services.tasks.create(actor, { title: 'Alpha beta', description: 'gamma delta' });
    for (const search of ['"alpha beta"', '"gamma delta"', '"alpha beta" "gamma delta"', 'alpha "delta"']) {
      expect([search, await found(actor, search)]).toEqual([search, ['Alpha beta']]);
    }
    expect(await found(actor, '"beta gamma"')).toEqual([]);
  });

  it('finds every row of words of a text by itself', async () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'ab', '東京', 'é1', "it's", 'x-y', 'Z'), {
      minLength: 1,
      maxLength: 9,
    });
    const actor = await services.actor();
    await fc.assert(
      fc.asyncProperty(words, fc.nat(), fc.nat(), async (text, from, length) => {
        const title = text.join(' ');
        const { id } = await services.tasks.create(actor, { title });
        const start = from % text.length;
        const phrase = text.slice(start, start + 1 + (length % text.length)).join(' ');
        const { rows } = await services.tasks.connection(actor, { search: `"${phrase}"`, first: 100 });
        expect([phrase, rows.map((row) => row.id)]).toEqual([phrase, expect.arrayContaining([id])]);
        await services.tasks.delete(actor, id);
      }),
      { numRuns: 200 },
    );
  });
});

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
