import type { Client } from 'pg';
import type { Database, IsolatedDatabase } from '../../../src/db/database.ts';
import { sessionContext } from '../../../src/db/isolation.ts';

/** What PostgreSQL did for the statements of a call, with their values known to its planner and with any. */
export interface MeasuredPlan {
  text: string;
  kind: 'custom' | 'generic';
  /** relations that were read from end to end */
  sequential: string[];
  /** rows that scans came to, found or not */
  rowsRead: number;
  rowsReturned: number;
  sorts: number;
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Node[];
}

interface Sent {
  text: string;
  values: readonly unknown[];
}

const IS_PLANNED = /^\s*(select|insert|update|delete|with)\b(?!.*set_config)/i;

/** Runs `work`, takes down what it sent, units of work included, and has each statement explained and taken back. */
export async function measuredPlans(
  database: Database,
  userId: string,
  work: (database: IsolatedDatabase) => Promise<unknown>,
  /** what the work did that its statements would stumble over when they are run again */
  undo: () => Promise<unknown> = async () => {},
): Promise<MeasuredPlan[]> {
  const sent: Sent[] = [];
  const restore = listen(database, (statement) => sent.push(statement));
  await work(database).finally(restore);
  await undo();
  const planned = sent.filter(({ text }) => IS_PLANNED.test(text));
  const plans: MeasuredPlan[] = [];
  for (const statement of planned) {
    for (const kind of ['custom', 'generic'] as const) plans.push(await measured(database, userId, statement, kind));
  }
  return plans;
}

/** On the connections themselves, since only there everything passes. */
function listen(database: Database, hear: (statement: Sent) => void): () => void {
  const { pool } = database;
  const heard = new Map<object, unknown>();
  const onAcquire = (client: object) => {
    if (heard.has(client)) return;
    const { query } = client as Client;
    heard.set(client, query);
    Object.assign(client, {
      query(config: string | Sent, values?: readonly unknown[], ...others: unknown[]) {
        if (typeof config === 'string') hear({ text: config, values: Array.isArray(values) ? values : [] });
        else hear({ text: config.text, values: config.values ?? (Array.isArray(values) ? values : []) });
        return Reflect.apply(query, client, [config, values, ...others]);
      },
    });
  };
  pool.on('acquire', onAcquire);
  return () => {
    pool.off('acquire', onAcquire);
    for (const [client, query] of heard) Object.assign(client, { query });
  };
}

async function measured(
  database: Database,
  userId: string,
  { text, values }: Sent,
  kind: MeasuredPlan['kind'],
): Promise<MeasuredPlan> {
  const { role, variables } = sessionContext('switch', userId);
  const client = await database.pool.connect();
  try {
    await client.query(
      `begin; set local role ${role}; set local plan_cache_mode = force_${kind}_plan; set local jit = off`,
    );
    await client.query("select set_config('app.user_id', $1, true)", [variables['app.user_id']]);
    await client.query(`prepare measured as ${text}`);
    const execution = values.length === 0 ? 'measured' : `measured(${values.map(literal).join(', ')})`;
    const { rows } = await client.query(`explain (analyze, timing off, buffers off, format json) execute ${execution}`);
    return summary(rows[0]['QUERY PLAN'][0].Plan, text, kind);
  } finally {
    await client.query('rollback');
    await client.query('deallocate measured').catch(() => {});
    client.release();
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return literal(`{${value.join(',')}}`);
  const text = value instanceof Date ? value.toISOString() : String(value);
  return `'${text.replaceAll("'", "''")}'`;
}

function summary(plan: Node, text: string, kind: MeasuredPlan['kind']): MeasuredPlan {
  const executed = nodes(plan).filter((node) => node['Actual Loops'] > 0);
  const scans = executed.filter((node) => node['Relation Name'] !== undefined && node['Node Type'].includes('Scan'));
  const read = scans.map(
    (node) =>
      (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) *
      node['Actual Loops'],
  );
  return {
    text,
    kind,
    sequential: scans.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? ''),
    rowsRead: read.reduce((sum, rows) => sum + rows, 0),
    rowsReturned: plan['Actual Rows'],
    sorts: executed.filter((node) => node['Node Type'] === 'Sort').length,
  };
}

function nodes(plan: Node): Node[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}
