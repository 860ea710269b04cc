import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { runCommand } from './support.ts';

describe('npm run doctor', () => {
  let database: TestDatabase;
  let directory: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'doctor-command-'));
  });
  afterAll(async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  });

  function doctor(args: string[], env: Record<string, string> = {}) {
    const settings = {
      NODE_ENV: 'test',
      PORT: '0',
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: TEST_SECRET,
      DATA_DIR: directory,
      ...env,
    };
    return runCommand('doctor', args, { cwd: directory, env: settings });
  }

  it('ends with 0 where there is no fault, one line for each check', async () => {
    const { code, output, complaint } = await doctor([]);
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
    expect(output).toMatch(/^ok {7}settings/);
    expect(output).toMatch(/^ok {7}database +reachable$/m);
  });

  it('ends with 1 at a fault, says what to do, and shows neither password nor secret', async () => {
    const { code, output, complaint } = await doctor([], {
      DATABASE_URL: 'postgres://todo:a-secret-word@127.0.0.1:1/todo',
    });
    expect(code).toBe(1);
    expect(output).toMatch(/^fault {4}database .*\n +→ Check host, port, user, password/m);
    for (const secret of ['a-secret-word', TEST_SECRET]) expect(output + complaint).not.toContain(secret);
  });

  it('writes JSON for programs', async () => {
    const { code, output } = await doctor(['--json']);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toContainEqual({ check: 'database', status: 'ok', says: 'reachable' });
  });

  it('writes JSON for wrong settings, too, without their values', async () => {
    const { code, output, complaint } = await doctor(['--json'], { DATABASE_POOL_MAX: 'a-secret-word' });
    expect({ code, complaint }).toEqual({ code: 1, complaint: '' });
    expect(JSON.parse(output)).toEqual([
      expect.objectContaining({
        check: 'settings',
        status: 'fault',
        says: expect.stringContaining('DATABASE_POOL_MAX'),
      }),
    ]);
    expect(output).not.toContain('a-secret-word');
  });

  it('goes no further without settings that are there and cannot be read', async () => {
    const place = await mkdtemp(join(tmpdir(), 'doctor-settings-'));
    // Whoever runs the tests may read every file; as a file this cannot be read by anybody.
    await mkdir(join(place, '.env'));
    const outcome = await runCommand('doctor', [], { cwd: place, env: { NODE_ENV: 'test' } });
    await rm(place, { recursive: true });
    expect(outcome).toEqual({
      code: 1,
      output: '',
      complaint: 'This user cannot read the file .env, in which the settings are\n',
    });
  });

  it('makes nothing in the data directory of an embedded PostgreSQL', async () => {
    expect(await doctor([], { DATABASE_URL: '' })).toMatchObject({ code: 0 });
    expect(await readdir(directory)).toEqual([]);
  });

  it('explains itself when asked for what it does not know', async () => {
    expect(await doctor(['--cure'])).toMatchObject({
      code: 1,
      output: '',
      complaint: expect.stringContaining('npm run doctor'),
    });
  });
});
