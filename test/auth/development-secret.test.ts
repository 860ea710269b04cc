import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { developmentSecret } from '../../src/auth/development-secret.ts';

describe('developmentSecret', () => {
  let parent: string;
  let directory: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'development-secret-'));
    directory = join(parent, 'data');
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('makes a secret of 32 random bytes in a directory that need not be there', async () => {
    expect(await developmentSecret(directory)).toMatch(/^[\w-]{43}$/);
  });

  it('keeps the secret', async () => {
    expect(await developmentSecret(directory)).toBe(await developmentSecret(directory));
  });

  it('makes another secret for another directory', async () => {
    expect(await developmentSecret(directory)).not.toBe(await developmentSecret(join(parent, 'other')));
  });

  it('keeps the secret from other users of the machine', async () => {
    await developmentSecret(directory);
    expect((await stat(join(directory, 'auth-secret'))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('gives those who start together one secret and leaves no draft behind', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => developmentSecret(directory)));
    expect(new Set(secrets).size).toBe(1);
    expect(await readdir(directory)).toEqual(['auth-secret']);
  });

  it.each(['', '\n', 'short'])('refuses a file that holds %j, by its name and without its content', async (content) => {
    await developmentSecret(directory);
    await writeFile(join(directory, 'auth-secret'), content);
    await expect(developmentSecret(directory)).rejects.toThrow(/auth-secret holds no secret/);
  });
});
