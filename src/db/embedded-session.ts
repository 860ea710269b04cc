import { Client, DatabaseError } from 'pg';

export const DATABASE_NAME = 'premium_todo';
export const SUPERUSER = 'postgres';

/** Any two numbers; the locks live in the database `postgres`, where the application takes none. */
const USERS_LOCK = 7_001_001;
const SERVER_LOCK = 7_001_002;

const CONNECT_LIMIT = 5_000;
const QUERY_LIMIT = 10_000;

/**
 * The connection by which a process says that it uses the embedded PostgreSQL, or that it is the server.
 *
 * It says so with advisory locks, since they vanish with the process that holds them, however it ends; a file would
 * stay. The database is not the application's, so that one can be dropped, restored or used as a template.
 */
export class EmbeddedSession {
  readonly #client: Client;
  #alone = false;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** Connects; undefined when PostgreSQL is starting, stopping or not there. */
  static async open(port: number, password: string, role: 'server' | 'command'): Promise<EmbeddedSession | undefined> {
    const client = new Client({
      host: '127.0.0.1',
      port,
      user: SUPERUSER,
      password,
      database: 'postgres',
      // Both given, or the environment's PGSSLMODE and PGOPTIONS would count.
      ssl: false,
      options: '-c idle_session_timeout=0 -c statement_timeout=0',
      application_name: `premium-todo ${role}, process ${process.pid}`,
      connectionTimeoutMillis: CONNECT_LIMIT,
      query_timeout: QUERY_LIMIT,
    });
    // Without a listener a lost connection would end the process; onLost() is how others hear of it.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return new EmbeddedSession(client);
    } catch (error) {
      // 57P03: starting up or shutting down, 57P01: shutting down now.
      if (error instanceof DatabaseError && error.code !== '57P03' && error.code !== '57P01') throw error;
      return undefined;
    }
  }

  onLost(listener: () => void): void {
    this.#client.once('end', listener);
  }

  /** The process that started the running PostgreSQL, by the cluster's name, and how many seconds ago. */
  async origin(): Promise<{ starter: number; age: number }> {
    const { rows } = await this.#client.query<{ name: string; age: number }>(
      `select current_setting('cluster_name') as name,
        extract(epoch from now() - pg_postmaster_start_time())::float as age`,
    );
    const { name, age } = rows[0]!;
    return { starter: Number(name.split('-').at(-1)), age };
  }

  /** Keeps everybody else out; false when PostgreSQL has users. */
  async claimAlone(): Promise<boolean> {
    this.#alone = await this.#lock('pg_try_advisory_lock', USERS_LOCK);
    return this.#alone;
  }

  /** Becomes a user among others; false when somebody keeps them out in order to stop PostgreSQL. */
  async join(): Promise<boolean> {
    const joined = await this.#lock('pg_try_advisory_lock_shared', USERS_LOCK);
    if (joined && this.#alone) await this.#lock('pg_advisory_unlock', USERS_LOCK);
    return joined;
  }

  /** Stops being a user; true when there was no other, and nobody can become one until this session closes. */
  async leave(): Promise<boolean> {
    await this.#lock('pg_advisory_unlock_shared', USERS_LOCK);
    return this.claimAlone();
  }

  /** Becomes the server; false when there is another one. */
  becomeServer(): Promise<boolean> {
    return this.#lock('pg_try_advisory_lock', SERVER_LOCK);
  }

  /** Who holds the server's place, in words; undefined when it is free. */
  async currentServer(): Promise<string | undefined> {
    const { rows } = await this.#client.query<{ application_name: string }>(
      'select application_name from pg_locks join pg_stat_activity using (pid) where locktype = $1 and objid = $2',
      ['advisory', SERVER_LOCK],
    );
    return rows[0]?.application_name;
  }

  /** Creates the application's database if there is none. */
  async ensureDatabase(): Promise<void> {
    const { rowCount } = await this.#client.query('select 1 from pg_database where datname = $1', [DATABASE_NAME]);
    if (rowCount === 1) return;
    await this.#client.query(`create database ${DATABASE_NAME}`).catch((error: unknown) => {
      // 42P04, 23505: another process has just created it.
      if (!(error instanceof DatabaseError && (error.code === '42P04' || error.code === '23505'))) throw error;
    });
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #lock(lockFunction: string, key: number): Promise<boolean> {
    const { rows } = await this.#client.query<{ done: boolean }>(`select ${lockFunction}($1) as done`, [key]);
    return rows[0]!.done;
  }
}
