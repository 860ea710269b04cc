import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.ts';
import { createMigration } from '../../src/commands/create-migration.ts';

const LATER = new Date('2999-01-31T09:30:59.000Z');

describe('migrate create', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'migrations-'));
    await cp('migrations', directory, { recursive: true });
  });
  afterEach(() => rm(directory, { recursive: true }));

  const index = () => readFile(join(directory, 'index.ts'), 'utf8');

  it('writes an empty migration and lists it last', async () => {
    const before = await index();
    expect(await createMigration(directory, 'Add due-dates (2nd try)', LATER)).toBe(
      '29990131093059-add-due-dates-2nd-try',
    );
    expect(await readFile(join(directory, '29990131093059-add-due-dates-2nd-try.ts'), 'utf8')).toContain(
      'export class AddDueDates2ndTry extends Migration',
    );
    const after = await index();
    expect(after).toContain("import { AddDueDates2ndTry } from './29990131093059-add-due-dates-2nd-try.ts';\n");
    expect(after).toMatch(/\{ name: '29990131093059-add-due-dates-2nd-try', class: AddDueDates2ndTry },\n\];\n$/);
    for (const { name } of migrations) expect(after).toContain(`{ name: '${name}', class: `);
    expect(after.slice(after.indexOf('/**'), after.indexOf('*/'))).toBe(
      before.slice(before.indexOf('/**'), before.indexOf('*/')),
    );
  });

  it('comes after the others even where the clock is behind', async () => {
    await createMigration(directory, 'first', LATER);
    expect(await createMigration(directory, 'second', new Date(0))).toBe('29990131093060-second');
  });

  it.each([
    ['2 fast', /^NAME must have words/],
    ['…', /^NAME must have words/],
    ['create tasks', /^There is a migration of that name already/],
  ])('refuses the name %j', async (name, message) => {
    const before = await readdir(directory);
    await expect(createMigration(directory, name, LATER)).rejects.toThrow(message);
    expect(await readdir(directory)).toEqual(before);
  });

  it('refuses a folder that is none of migrations, as a container has', async () => {
    await expect(createMigration(tmpdir(), 'name', LATER)).rejects.toThrow('in a checkout only');
  });
});
