import { beforeEach, describe, expect, it } from '@jest/globals';
import { createResultCache, type Lookup, type ResultCache } from '../../src/core/result-cache.ts';

let revisions: Record<string, string | undefined>;
let asked: string[];
let cache: ResultCache;

beforeEach(() => {
  revisions = { ada: '1', bob: '1' };
  asked = [];
  cache = cacheOf(1);
});

function cacheOf(size: number): ResultCache {
  return createResultCache(size, async (userId) => {
    asked.push(userId);
    return revisions[userId];
  });
}

async function answered(userId: string, key: string, text: string): Promise<Lookup> {
  const lookup = await cache.lookUp(userId, key);
  if (lookup.text === undefined) lookup.keep(text);
  return lookup;
}

async function keep(userId: string, key: string, text: string): Promise<void> {
  await answered(userId, key, text);
  await answered(userId, key, text);
}

const found = async (userId: string, key: string) => (await cache.lookUp(userId, key)).text;

describe('a kept answer', () => {
  it('is found as long as nothing has changed', async () => {
    await keep('ada', 'list', 'answer');
    expect(await found('ada', 'list')).toBe('answer');
  });

  it('is not found any more after a change', async () => {
    await keep('ada', 'list', 'answer');
    revisions.ada = '2';
    expect(await found('ada', 'list')).toBeUndefined();
  });

  it('is replaced by the one that is made after a change', async () => {
    await keep('ada', 'list', 'old');
    revisions.ada = '2';
    await answered('ada', 'list', 'new');
    expect(await found('ada', 'list')).toBe('new');
  });

  it('is that of the revision before it was made, when something changed meanwhile', async () => {
    await answered('ada', 'list', 'first');
    const lookup = await cache.lookUp('ada', 'list');
    revisions.ada = '2';
    lookup.keep('made under either');
    expect(await found('ada', 'list')).toBeUndefined();
  });

  it('is for one user and one question only', async () => {
    await keep('ada', 'list', 'answer');
    await answered('bob', 'list', 'other');
    await answered('ada', 'page', 'other');
    expect(await found('bob', 'list')).toBeUndefined();
    expect(await found('ada', 'page')).toBeUndefined();
  });

  it('cannot be reached by an id and a question that together read like it', async () => {
    await keep('ada', 'b 1', 'answer');
    revisions['ada b'] = '1';
    await cache.lookUp('ada b', '1');
    expect(await found('ada b', '1')).toBeUndefined();
  });

  it('makes room for others when the texts grow over the size', async () => {
    const text = 'x'.repeat(300_000);
    for (const key of ['a', 'b', 'c', 'd']) await keep('ada', key, text);
    expect(await found('ada', 'd')).toBe(text);
    expect(await found('ada', 'a')).toBeUndefined();
  });

  it('is none for a user without a row', async () => {
    revisions.ada = undefined;
    await keep('ada', 'list', 'answer');
    revisions.ada = '1';
    expect(await found('ada', 'list')).toBeUndefined();
  });

  it('is none where the size is 0', async () => {
    cache = cacheOf(0);
    await keep('ada', 'list', 'answer');
    expect(await found('ada', 'list')).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('is none for a question of more than 1,000 characters', async () => {
    await keep('ada', 'x'.repeat(1001), 'answer');
    expect(await found('ada', 'x'.repeat(1001))).toBeUndefined();
  });
});

describe('the revision', () => {
  it('is not asked for a question that is new', async () => {
    expect(cache.lookUp('ada', 'list')).not.toBeInstanceOf(Promise);
    expect(asked).toEqual([]);
  });

  it('is asked for a question that is new when it must be known', async () => {
    expect((await cache.lookUp('ada', 'list', true)).revision).toBe('1');
  });

  it('is left alone for a while for a question whose answer changes every time', async () => {
    await keep('ada', 'list', 'answer');
    for (let change = 2; change < 60; change++) {
      revisions.ada = String(change);
      await answered('ada', 'list', 'answer');
    }
    expect(asked.length).toBeLessThan(15);
  });

  it('is asked again for it later, so that an answer that changes no more is found', async () => {
    await keep('ada', 'list', 'answer');
    for (let change = 2; change < 10; change++) {
      revisions.ada = String(change);
      await answered('ada', 'list', 'answer');
    }
    for (let times = 0; times < 12; times++) await answered('ada', 'list', 'settled');
    expect(await found('ada', 'list')).toBe('settled');
  });
});
