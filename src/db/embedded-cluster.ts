import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, chooseAccount, executeAs } from './embedded-account.ts';
import { postgresProgram } from './embedded-binaries.ts';
import {
  findPostmaster,
  isProcessAlive,
  type Postmaster,
  startPostmaster,
  stopPostmaster,
} from './embedded-postmaster.ts';

/** One PostgreSQL database cluster in DATA_DIR/postgres: `data`, the superuser's `password`, and `server.log`. */
export interface Cluster {
  readonly directory: string;
  readonly password: string;
  /** The running PostgreSQL, whoever started it. */
  findPostmaster(): Promise<Postmaster | undefined>;
  start(settings: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

/** Opens the cluster of a data directory; creates it when there is none. */
export async function openCluster(dataDirectory: string, log: (line: string) => void): Promise<Cluster> {
  await mkdir(dataDirectory, { recursive: true });
  // One spelling of the path, since a running PostgreSQL is recognised by it.
  const directory = join(await realpath(dataDirectory), 'postgres');
  const account = await chooseAccount(directory, log);
  if (!(await isCluster(directory))) {
    log(`Creating the embedded PostgreSQL in ${directory}`);
    await createCluster(directory, account);
  }
  return {
    directory,
    password: await readFile(join(directory, 'password'), 'utf8'),
    findPostmaster: () => findPostmaster(join(directory, 'data')),
    start: (settings) => startPostmaster(directory, account, settings),
    stop: () => stopPostmaster(directory, account),
  };
}

async function isCluster(directory: string): Promise<boolean> {
  return access(join(directory, 'data', 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/** The cluster is made in a directory of its own and renamed at the end, so that it is whole or not there. */
async function createCluster(directory: string, account: Account): Promise<void> {
  await removeAbandonedWork(directory);
  const work = await mkdtemp(`${directory}.new-${process.pid}-`);
  const passwordFile = join(work, 'password');
  try {
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (account.ids) {
      const { uid, gid } = account.ids;
      await chown(work, uid, gid);
      await chown(passwordFile, uid, gid);
    }
    await initialise(work, passwordFile, account);
    await rename(work, directory);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    // Another process was quicker, and its cluster is as good.
    if (await isCluster(directory)) return;
    throw new Error(`The embedded PostgreSQL could not be created in ${directory}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function initialise(work: string, passwordFile: string, account: Account): Promise<void> {
  const data = join(work, 'data');
  const initdb = (locale: string[]) =>
    executeAs(account, postgresProgram('initdb'), [
      ...['--pgdata', data, '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', ...locale],
    ]);
  try {
    // The root collation of Unicode sorts text as people do, and the same on every machine.
    await initdb(['--locale-provider', 'icu', '--icu-locale', 'und']);
  } catch (error) {
    if (!/ICU is not supported/.test((error as Error).message)) throw error;
    await rm(data, { recursive: true, force: true });
    await initdb(['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8']);
  }
}

/** Removes what killed processes left of their work; the process id is in the name. */
async function removeAbandonedWork(directory: string): Promise<void> {
  const parent = join(directory, '..');
  for (const name of await readdir(parent)) {
    const pid = /^postgres\.new-(\d+)-/.exec(name)?.[1];
    if (!pid || isProcessAlive(Number(pid))) continue;
    // Its initdb may live a little longer and still write.
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
