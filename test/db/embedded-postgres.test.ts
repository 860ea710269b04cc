import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type QueryResultRow } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';

const MODULE = new URL('../../src/db/embedded-postgres.ts', import.meta.url).href;
const ignore = () => undefined;

let dataDirectory: string;

beforeAll(async () => {
  // Closed to other users, so that a run as root covers a clone below /root.
  dataDirectory = await mkdtemp(join(tmpdir(), 'premium-todo-embedded-'));
});

afterAll(async () => {
  await rm(dataDirectory, { recursive: true, force: true });
});

function start(options: { exclusive?: boolean; settings?: Record<string, string>; directory?: string } = {}) {
  const { exclusive = true, settings = {}, directory = dataDirectory } = options;
  return startEmbeddedPostgres({ dataDirectory: directory, exclusive, settings, log: ignore });
}

async function query<Row extends QueryResultRow>({ url }: Pick<EmbeddedPostgres, 'url'>, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A separate Node process that uses the same data directory and can be killed. */
class OtherProcess {
  readonly process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(script: string) {
    const preamble = `import { startEmbeddedPostgres } from '${MODULE}';
      const start = (exclusive) => startEmbeddedPostgres(
        { dataDirectory: ${JSON.stringify(dataDirectory)}, exclusive, log: () => undefined });`;
    this.process = spawn(process.execPath, ['--input-type=module', '--eval', preamble + script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    this.#lines = createInterface(this.process.stdout!)[Symbol.asyncIterator]();
  }

  static server(): OtherProcess {
    return new OtherProcess('console.log((await start(true)).url);');
  }

  async line(): Promise<string> {
    return (await this.#lines.next()).value;
  }

  async kill(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }
}

const pidFile = () => join(dataDirectory, 'postgres', 'data', 'postmaster.pid');
const postmasterPid = async () => Number.parseInt(await readFile(pidFile(), 'utf8'), 10);
const pidFileExists = () =>
  access(pidFile()).then(
    () => true,
    () => false,
  );

describe('a new data directory', () => {
  it('gets a PostgreSQL that sorts text as people do, counts time in UTC and listens on the loopback only', async () => {
    const postgres = await start();
    const [settings] = await query(
      postgres,
      `select current_setting('timezone') as zone, current_setting('server_encoding') as encoding,
        current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`,
    );
    const words = await query<{ word: string }>(
      postgres,
      `select word from unnest(array['Zebra', 'apple', 'Äpfel', 'Apple', 'banana']) as word order by word`,
    );
    await postgres.stop();
    expect(settings).toEqual({ zone: 'UTC', encoding: 'UTF8', addresses: '127.0.0.1', sockets: '' });
    expect(words.map(({ word }) => word)).toEqual(['Äpfel', 'apple', 'Apple', 'banana', 'Zebra']);
  });

  it('keeps a password that only its owner can read and that PostgreSQL asks for', async () => {
    const postgres = await start();
    const { password } = new URL(postgres.url);
    const { mode } = await stat(join(dataDirectory, 'postgres', 'password'));
    const stranger = query({ url: postgres.url.replace(password, 'guessed') }, 'select 1');
    await expect(stranger).rejects.toMatchObject({ code: '28P01' });
    await postgres.stop();
    expect(mode & 0o777).toBe(0o600);
    expect(password.length).toBeGreaterThanOrEqual(32);
  });

  it('is created once when several processes start at the same moment', async () => {
    const directory = join(dataDirectory, 'contested');
    const all = await Promise.all([1, 2, 3].map(() => start({ directory, exclusive: false })));
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    await Promise.all(all.map((postgres) => postgres.stop()));
    expect(await readdir(directory)).toEqual(['postgres']);
  });

  it('is created anew when the process that created it was killed in the middle', async () => {
    const directory = join(dataDirectory, 'half-done');
    await mkdir(directory);
    const creator = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `import { startEmbeddedPostgres } from '${MODULE}';
      await startEmbeddedPostgres({ dataDirectory: '${directory}', exclusive: true, log: () => undefined });`,
    ]);
    for await (const _change of watch(directory)) break;
    const exited = once(creator, 'exit');
    creator.kill('SIGKILL');
    await exited;
    expect(await readdir(directory)).toEqual([expect.stringMatching(/^postgres\.new-/)]);
    const postgres = await start({ directory });
    expect(await query(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
    await postgres.stop();
    expect(await readdir(directory)).toEqual(['postgres']);
  });
});

describe('a data directory that was used before', () => {
  it('keeps its data and its password over a clean stop', async () => {
    const first = await start();
    await query(first, 'create table kept as select 42 as value');
    await first.stop();
    expect(await pidFileExists()).toBe(false);
    const second = await start();
    expect(await query(second, 'select value from kept')).toEqual([{ value: 42 }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    await query(second, 'drop table kept');
    await second.stop();
  });

  it('is served again after its server was killed and PostgreSQL was left alone', async () => {
    const killed = OtherProcess.server();
    const url = await killed.line();
    await query({ url }, 'create table committed as select 1 as value');
    const orphan = await postmasterPid();
    await killed.kill();
    expect(await postmasterPid()).toBe(orphan);
    const postgres = await start();
    expect(await query(postgres, 'select value from committed')).toEqual([{ value: 1 }]);
    await query(postgres, 'drop table committed');
    await postgres.stop();
    expect(await pidFileExists()).toBe(false);
  });

  it('is recovered after its server and PostgreSQL were killed together', async () => {
    const killed = OtherProcess.server();
    const url = await killed.line();
    await query({ url }, 'create table committed as select 2 as value');
    const postmaster = await postmasterPid();
    // The server first: it would start another PostgreSQL at once.
    const ended = killed.kill();
    process.kill(postmaster, 'SIGKILL');
    await ended;
    expect(await pidFileExists()).toBe(true);
    const postgres = await start();
    expect(await query(postgres, 'select value from committed')).toEqual([{ value: 2 }]);
    await query(postgres, 'drop table committed');
    await postgres.stop();
  });

  it('starts although the process id of a stale pid file belongs to another program now', async () => {
    const first = await start();
    const content = await readFile(pidFile(), 'utf8');
    await first.stop();
    const { uid, gid } = await stat(join(dataDirectory, 'postgres'));
    const bystander = spawn('sleep', ['600'], { uid, gid });
    await writeFile(pidFile(), content.replace(/^\d+/, String(bystander.pid)));
    const second = await start();
    expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.stop();
    expect(bystander.exitCode).toBeNull();
    bystander.kill();
  });

  it('says what PostgreSQL says when it cannot start', async () => {
    await expect(start({ settings: { shared_buffers: 'much' } })).rejects.toThrow(/does not start.*shared_buffers/s);
  });

  it('explains data of another major version', async () => {
    const file = join(dataDirectory, 'postgres', 'data', 'PG_VERSION');
    const version = await readFile(file, 'utf8');
    await writeFile(file, '9\n');
    await expect(start()).rejects.toThrow(/data are of PostgreSQL 9, the installed programs of PostgreSQL 18/);
    await writeFile(file, version);
  });
});

describe('several processes on one data directory', () => {
  it('refuses a second server, names the first and leaves it alone', async () => {
    const other = OtherProcess.server();
    const url = await other.line();
    await expect(start()).rejects.toThrow(`server, process ${other.process.pid}`);
    expect(await query({ url }, 'select 1 as one')).toEqual([{ one: 1 }]);
    await other.kill();
    await (await start()).stop();
  });

  it('lets a command join the running PostgreSQL and leave it running', async () => {
    const server = await start();
    const command = await start({ exclusive: false });
    expect(command.url).toBe(server.url);
    await command.stop();
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(await pidFileExists()).toBe(false);
  });

  it('lets a command finish when the server stops before it', async () => {
    const server = await start();
    const command = await start({ exclusive: false });
    await server.stop();
    expect(await query(command, 'select 1 as one')).toEqual([{ one: 1 }]);
    const next = await start();
    await next.stop();
    await command.stop();
    expect(await pidFileExists()).toBe(false);
  });

  it('starts PostgreSQL for a command when none runs, and stops it after', async () => {
    const command = await start({ exclusive: false, settings: { fsync: 'off' } });
    expect(await query(command, 'show fsync')).toEqual([{ fsync: 'off' }]);
    await Promise.all([command.stop(), command.stop()]);
    expect(await pidFileExists()).toBe(false);
  });
});

describe('signals and crashes', () => {
  it("keeps PostgreSQL out of the terminal's Ctrl-C, so that the server's own shutdown comes first", async () => {
    const other = new OtherProcess(`
      const postgres = await start(true);
      process.once('SIGINT', async () => {
        const { Client } = await import('${import.meta.resolve('pg')}');
        const client = new Client({ connectionString: postgres.url });
        await client.connect();
        console.log((await client.query('select 1 as one')).rows[0].one);
        await client.end();
        await postgres.stop();
      });
      console.log('ready');`);
    expect(await other.line()).toBe('ready');
    const exited = once(other.process, 'exit');
    process.kill(-other.process.pid!, 'SIGINT');
    expect(await other.line()).toBe('1');
    expect(await exited).toEqual([0, null]);
    expect(await pidFileExists()).toBe(false);
  });

  it('starts PostgreSQL again under the same URL when it dies', async () => {
    const back = Promise.withResolvers<void>();
    const log = (line: string) => {
      if (line.includes('is back')) back.resolve();
    };
    const postgres = await startEmbeddedPostgres({ dataDirectory, exclusive: true, log });
    process.kill(await postmasterPid(), 'SIGKILL');
    await back.promise;
    expect(await query(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(start()).rejects.toThrow(/Another server/);
    await postgres.stop();
    expect(await pidFileExists()).toBe(false);
  });
});
