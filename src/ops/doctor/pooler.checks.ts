import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { connected } from './connected.ts';
import { type Finding, fault, ok, reason, warning } from './finding.ts';
import { checkOwner } from './owner.check.ts';

const LOSES_SESSION = fault(
  'direct',
  'migrations would run through a pooler in transaction mode, where their lock holds nothing',
  'Set DATABASE_URL_DIRECT to the URL without the pooler',
);

interface PoolerDoctor {
  readonly url: string;
  readonly directUrl: string;
  readonly prepared: boolean;
  /** milliseconds; 0 = not asked for */
  readonly statementTimeout: number;
}

/** What stands between the server and PostgreSQL, and whether the settings suit it. */
export async function checkPooler({ url, directUrl, prepared, statementTimeout }: PoolerDoctor): Promise<Finding[]> {
  try {
    const kind = await poolerOf(url);
    return [
      ok('pooler', kind === 'none' ? 'none in DATABASE_URL' : `DATABASE_URL is a pooler in ${kind} mode`),
      ...(await checkDirect(directUrl)),
      ...(prepared ? [await checkPrepared(url)] : []),
      ...(statementTimeout > 0 ? [await checkStartOption(url, statementTimeout)] : []),
    ];
  } catch (error) {
    return [fault('pooler', `cannot be looked at: ${reason(error)}`, 'Check DATABASE_URL and DATABASE_URL_DIRECT')];
  }
}

async function backend(client: Client): Promise<number> {
  return (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
}

/** PostgreSQL tells its clients its own process id; a pooler invents one. */
async function poolerOf(url: string): Promise<'none' | 'session' | 'transaction'> {
  return connected(url, async (client) => {
    const announced = (client as unknown as { processID: number }).processID;
    if (announced === (await backend(client))) return 'none';
    return (await losesItsServer(url, client)) ? 'transaction' : 'session';
  });
}

/** In transaction mode another's transaction takes the connection that this client has just used. */
async function losesItsServer(url: string, client: Client): Promise<boolean> {
  const before = await backend(client);
  return whileAnotherHolds(url, async (other) => other === before || (await backend(client)) !== before);
}

async function whileAnotherHolds<Result>(url: string, work: (pid: number) => Promise<Result>): Promise<Result> {
  return connected(url, async (other) => {
    await other.query('begin');
    const result = await work(await backend(other));
    await other.query('rollback');
    return result;
  });
}

/** The lock under which instances take turns to migrate belongs to a session, which a pooler in transaction mode has not. */
async function checkDirect(directUrl: string): Promise<Finding[]> {
  try {
    const keeps = (await poolerOf(directUrl)) !== 'transaction';
    return [
      keeps ? ok('direct', 'a session is kept, as migrations need') : LOSES_SESSION,
      ...(await checkOwner(directUrl)),
    ];
  } catch (error) {
    return [fault('direct', `cannot be used: ${reason(error)}`, 'Check DATABASE_URL_DIRECT')];
  }
}

async function checkPrepared(url: string): Promise<Finding> {
  // A pooler's connections may still have the name that an earlier look has given.
  const named = { name: `doctor ${randomUUID()}`, text: 'select 1' };
  try {
    await connected(url, async (client) => {
      await client.query(named);
      await whileAnotherHolds(url, () => client.query(named));
    });
    return ok('prepared', 'named statements work');
  } catch (error) {
    return fault(
      'prepared',
      `named statements do not survive: ${reason(error)}`,
      'Use PgBouncer 1.21 or newer with max_prepared_statements, or set DATABASE_PREPARED=false',
    );
  }
}

async function checkStartOption(url: string, statementTimeout: number): Promise<Finding> {
  const inRole = `alter role … set statement_timeout = '${statementTimeout}ms'`;
  try {
    const inForce = await connected(url, timeoutInForce, { statement_timeout: statementTimeout });
    if (inForce === statementTimeout) return ok('timeout', `statements end after ${statementTimeout} ms`);
    return warning(
      'timeout',
      `the time limit of statements is accepted and not in force: it is ${inForce === 0 ? 'none' : `${inForce} ms`}`,
      `The pooler ignores it. ${inRole}`,
    );
  } catch (error) {
    return fault(
      'timeout',
      `the time limit of statements is refused: ${reason(error)}`,
      `Set DATABASE_STATEMENT_TIMEOUT=0, and: ${inRole}`,
    );
  }
}

/** milliseconds; 0 = none */
async function timeoutInForce(client: Client): Promise<number> {
  const { rows } = await client.query<{ setting: string }>(
    "select setting from pg_settings where name = 'statement_timeout'",
  );
  return Number(rows[0]!.setting);
}
