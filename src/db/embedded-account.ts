import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { postgresProgram } from './embedded-binaries.ts';

const execute = promisify(execFile);

/** Who runs PostgreSQL. Without `ids` it is the user who runs this process. */
export interface Account {
  readonly ids?: { readonly uid: number; readonly gid: number };
  /** A Linux capability to keep when changing to `ids`. */
  readonly capability?: 'dac_read_search' | 'dac_override';
}

const CREATED_USER = 'premium-todo';

/** Runs a program as the account; resolves with what it printed, rejects with an error that says the same. */
export async function executeAs(account: Account, program: string, args: string[]): Promise<string> {
  const { ids, capability } = account;
  // Nothing is inherited: the current directory may be closed to the account, PG* and LC_* variables steer the tools.
  const surroundings = { cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } };
  const changeAccount = [
    ...['--reuid', String(ids?.uid), '--regid', String(ids?.gid), '--clear-groups'],
    // Without this, access(2), by which PostgreSQL looks for its programs, leaves capabilities out.
    ...['--securebits', '+no_setuid_fixup'],
    ...['--inh-caps', `-all,+${capability}`, '--ambient-caps', `+${capability}`, '--'],
  ];
  try {
    const { stdout, stderr } = capability
      ? await execute('setpriv', [...changeAccount, program, ...args], surroundings)
      : await execute(program, args, { ...surroundings, ...ids });
    return stdout + stderr;
  } catch (cause) {
    const { stdout = '', stderr = '', message } = cause as Error & { stdout?: string; stderr?: string };
    throw new Error((stdout + stderr).trim() || message, { cause });
  }
}

/** PostgreSQL refuses to run as root, so root needs another account that can reach the programs and the data. */
export async function chooseAccount(clusterDirectory: string, log: (line: string) => void): Promise<Account> {
  const owner = await stat(clusterDirectory).catch(() => undefined);
  const ownId = process.getuid?.();
  if (ownId !== 0) {
    if (owner && ownId !== undefined && owner.uid !== ownId) {
      throw new Error(
        `${clusterDirectory} belongs to the user with id ${owner.uid}, and PostgreSQL runs only as that user. ` +
          'Start as that user or as root, or set DATA_DIR to another directory.',
      );
    }
    return {};
  }
  const account = await reachingAccount(
    owner && owner.uid !== 0 ? owner : await findUser(log),
    dirname(clusterDirectory),
  );
  // Root has copied the project, and the copy lost its owner.
  if (owner?.uid === 0) await execute('chown', ['-hR', `${account.ids?.uid}:${account.ids?.gid}`, clusterDirectory]);
  return account;
}

async function findUser(log: (line: string) => void): Promise<NonNullable<Account['ids']>> {
  // macOS has _postgres.
  const existing = (await lookUp('postgres')) ?? (await lookUp('_postgres')) ?? (await lookUp(CREATED_USER));
  if (existing) return existing;
  const failure = await execute('useradd', ['--system', '--no-create-home', '--shell', '/bin/false', CREATED_USER])
    .then(() => log(`Created the system user ${CREATED_USER}, because PostgreSQL refuses to run as root`))
    .catch((error: unknown) => error);
  // Another process may have created it meanwhile; without useradd, nobody is the user that every system has.
  const created = (await lookUp(CREATED_USER)) ?? (await lookUp('nobody'));
  if (created) return created;
  throw new Error(
    'PostgreSQL refuses to run as root, and no other user could be found or created. ' +
      'Create a user named postgres, start as a normal user, or set DATABASE_URL to a PostgreSQL server.',
    { cause: failure },
  );
}

async function lookUp(name: string): Promise<Account['ids']> {
  try {
    const [uid, gid] = await Promise.all([execute('id', ['-u', name]), execute('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/**
 * A clone below a directory that is closed to others, such as /root (0700), stays where it is: PostgreSQL then runs
 * with the one Linux capability that lets it pass, and still not as root. Programs and data copied to an open place
 * would be left behind when somebody deletes the clone.
 */
async function reachingAccount({ uid, gid }: NonNullable<Account['ids']>, dataDirectory: string): Promise<Account> {
  const ids = { uid, gid };
  // dac_override may write as well, but Docker's default capabilities have only this one.
  const candidates: Account[] = [{ ids }, { ids, capability: 'dac_read_search' }, { ids, capability: 'dac_override' }];
  const check = ['-c', 'test -x "$0" && test -x "$1"', postgresProgram('postgres'), dataDirectory];
  for (const account of candidates) {
    const reaches = await executeAs(account, 'sh', check).then(
      () => true,
      () => false,
    );
    if (reaches) return account;
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and the user with id ${uid} cannot reach ${postgresProgram('postgres')} ` +
      `or ${dataDirectory}. Move the project out of the closed directory, start as a normal user, ` +
      'or set DATABASE_URL to a PostgreSQL server.',
  );
}
