import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { verifyBackup } from '../../src/backup/read-backup.ts';
import { createTestDatabase } from '../support/database.ts';
import { storeTasks } from '../support/factories.ts';
import { backUp, contentsOf, never, newDirectory, resealed, restore, schemaOf } from './support.ts';

/** A file is restored if it is, bit for bit, what the backup wrote; nothing else touches the database. */

const DAMAGE = /^The file is (damaged|incomplete|empty|no backup of premium-todo)|^The backup has format \d+/;
const RUNS = { numRuns: 300 };
/** bytes of the frame at the end */
const SEAL = 40;

let directory: string;
let whole: Buffer;

beforeAll(async () => {
  directory = await newDirectory();
  const database = await createTestDatabase();
  await storeTasks(database.url, 'alice', [{ title: 'first', description: 'a\\b\n\\.\n' }, {}, {}]);
  await backUp(database.url, join(directory, 'whole'));
  await database.drop();
  whole = await readFile(join(directory, 'whole'));
});
afterAll(() => rm(directory, { recursive: true }));

async function refusalOf(content: Uint8Array): Promise<string> {
  const path = join(directory, 'other');
  await writeFile(path, content);
  const contents = await verifyBackup(path, { signal: never }).catch((error: Error) => error);
  if ('header' in contents) return 'it was accepted';
  return contents.name === 'BackupError' ? contents.message : `${contents.stack}`;
}

it('accepts the file itself', async () => {
  expect(await refusalOf(whole)).toBe('it was accepted');
});

it('refuses it cut anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
      expect(await refusalOf(whole.subarray(0, length))).toMatch(DAMAGE);
    }),
    { ...RUNS, examples: [[0], [1], [7], [39], [40], [whole.length - 40], [whole.length - 1]] },
  );
});

it('refuses it with any bit turned over', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (position, bit) => {
      const changed = Buffer.from(whole);
      changed[position]! ^= 1 << bit;
      expect(await refusalOf(changed)).toMatch(DAMAGE);
    }),
    // The length in front of the seal was not looked at.
    { ...RUNS, examples: [[whole.length - SEAL + 4, 0]] },
  );
});

it('refuses it with a piece taken out, put in or doubled', async () => {
  const places = fc.tuple(fc.nat(whole.length), fc.nat(whole.length), fc.uint8Array({ maxLength: 64 }));
  await fc.assert(
    fc.asyncProperty(places, async ([from, to, piece]) => {
      const changed = Buffer.concat([whole.subarray(0, from), piece, whole.subarray(to)]);
      fc.pre(!changed.equals(whole));
      expect(await refusalOf(changed)).toMatch(DAMAGE);
    }),
    // A frame of Zstandard that holds nothing leaves what is decompressed as it was.
    { ...RUNS, examples: [[[whole.length - SEAL, whole.length - SEAL, zstdCompressSync('')]]] },
  );
});

it.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
  ['an empty file', () => Buffer.alloc(0), /^The file is empty$/],
  ['a file of something else', () => Buffer.from('PGDMP\u0001\u000e '.repeat(100)), /is no backup of premium-todo$/],
  ['a Zstandard file of something else', () => zstdCompressSync('a'.repeat(1000)), /is no backup of premium-todo$/],
  ['a file that is still being written', () => whole.subarray(0, -40), /^The file is incomplete: its end is missing$/],
  [
    'a file of a later format',
    () => Buffer.from(whole.toString('latin1').replace('format 1 ', 'format 12'), 'latin1'),
    /^The backup has format 12, and this version reads 1 at most: use the version that wrote it$/,
  ],
  ['a sealed script that ends too early', () => resealed('-- {"createdAt":'), /^The file is damaged/],
  ['a sealed script of something else', () => resealed('drop table users;\n'), /^The file is damaged/],
  ['nothing, sealed', () => resealed(''), /^The file is damaged/],
])('says of %s what it is', async (_what, content, message) => {
  expect(await refusalOf(await content())).toMatch(message);
});

it('refuses a file that is missing or is no file', async () => {
  await expect(verifyBackup(join(directory, 'none'), { signal: never })).rejects.toThrow(
    /^Cannot read the file: ENOENT/,
  );
  await expect(verifyBackup(directory, { signal: never })).rejects.toThrow(/^Cannot read the file: it must be/);
});

it('leaves the database as it is', async () => {
  const database = await createTestDatabase();
  const before = [await contentsOf(database.url), await schemaOf(database.url)];
  await writeFile(join(directory, 'damaged'), whole.subarray(0, -100));
  await expect(restore(database.url, join(directory, 'damaged'))).rejects.toThrow(DAMAGE);
  expect([await contentsOf(database.url), await schemaOf(database.url)]).toEqual(before);
  await database.drop();
});
