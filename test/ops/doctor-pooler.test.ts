import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config.ts';
import { examine } from '../../src/ops/doctor/examine.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { bouncerSuite, keepsStatements, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { TEST_SECRET } from '../support/test-secret.ts';

bouncerSuite('npm run doctor with PgBouncer', () => {
  let database: TestDatabase;
  let bouncer: PgBouncer | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await bouncer?.stop();
    bouncer = undefined;
  });
  afterAll(() => database.drop());

  /** Looks through a pooler with these settings, and migrates without it. */
  async function look(pooler: Record<string, string | number>, environment: Record<string, string> = {}) {
    bouncer = await startPgBouncer(database.url, pooler);
    const config = loadConfig({
      NODE_ENV: 'test',
      PORT: '0',
      DATABASE_URL: bouncer.through(database.url),
      DATABASE_URL_DIRECT: database.url,
      DATABASE_PREPARED: 'false',
      DATABASE_STATEMENT_TIMEOUT: '0',
      BETTER_AUTH_SECRET: TEST_SECRET,
      ...environment,
    });
    const findings = await examine(config);
    return {
      faults: findings.filter(({ status }) => status === 'fault').map(({ check }) => check),
      of: (name: string) => findings.find(({ check }) => check === name),
    };
  }

  it('is content with transaction mode where migrations go past it', async () => {
    const { faults, of } = await look({ pool_mode: 'transaction' });
    expect(faults).toEqual([]);
    expect(of('pooler')?.says).toBe('DATABASE_URL is a pooler in transaction mode');
    expect(of('direct')?.status).toBe('ok');
  });

  it('knows transaction mode by a pooler that has a single connection, too', async () => {
    const { faults, of } = await look({ pool_mode: 'transaction', default_pool_size: 1 });
    expect(faults).toEqual([]);
    expect(of('pooler')?.says).toBe('DATABASE_URL is a pooler in transaction mode');
  });

  it('tells that named statements do not survive transaction mode, and which settings help', async () => {
    const pooler = { pool_mode: 'transaction', ...(keepsStatements && { max_prepared_statements: 0 }) };
    const { faults, of } = await look(pooler, { DATABASE_PREPARED: 'true' });
    expect(faults).toEqual(['prepared']);
    expect(of('prepared')?.fix).toMatch(/max_prepared_statements.*DATABASE_PREPARED=false/);
  });

  (keepsStatements ? it : it.skip)('is content with named statements that the pooler keeps', async () => {
    const pooler = { pool_mode: 'transaction', max_prepared_statements: 100 };
    const { faults, of } = await look(pooler, { DATABASE_PREPARED: 'true' });
    expect(faults).toEqual([]);
    expect(of('prepared')?.status).toBe('ok');
  });

  it('tells that the pooler refuses the time limit of statements, and how to set it instead', async () => {
    const { faults, of } = await look({ pool_mode: 'transaction' }, { DATABASE_STATEMENT_TIMEOUT: '7000' });
    expect(faults).toEqual(['timeout']);
    expect(of('timeout')?.fix).toMatch(/DATABASE_STATEMENT_TIMEOUT=0.*alter role .* statement_timeout = '7000ms'/);
  });

  it('warns of a pooler that accepts the time limit and forgets it', async () => {
    const pooler = { pool_mode: 'transaction', ignore_startup_parameters: 'statement_timeout' };
    const { faults, of } = await look(pooler, { DATABASE_STATEMENT_TIMEOUT: '7000' });
    expect(faults).toEqual([]);
    expect(of('timeout')).toMatchObject({ status: 'warning', says: expect.stringContaining('not in force') });
  });

  it('tells of migrations that would go through transaction mode', async () => {
    const { faults, of } = await look({ pool_mode: 'transaction' }, { DATABASE_URL_DIRECT: '' });
    expect(faults).toEqual(['direct']);
    expect(of('direct')?.fix).toMatch(/DATABASE_URL_DIRECT/);
  });

  it('is content with session mode, even for migrations and named statements', async () => {
    const { faults, of } = await look({ pool_mode: 'session' }, { DATABASE_URL_DIRECT: '', DATABASE_PREPARED: 'true' });
    expect(faults).toEqual([]);
    expect(of('pooler')?.says).toBe('DATABASE_URL is a pooler in session mode');
  });

  it('tells of a direct URL that leads nowhere, by its name', async () => {
    const { faults, of } = await look(
      { pool_mode: 'transaction' },
      { DATABASE_URL_DIRECT: 'postgres://owner:secret-word@127.0.0.1:1/todo' },
    );
    expect(faults).toEqual(['direct']);
    expect(JSON.stringify(of('direct'))).not.toContain('secret-word');
  });
});
