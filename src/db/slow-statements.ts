import type { Pool } from 'pg';
import type { SendAs } from './bound-driver.ts';
import { type IsolationMode, sessionContext } from './isolation.ts';

/** What is told of a slow statement: never a value, since values are what users wrote. */
export interface SlowStatement {
  readonly text: string;
  /** from asking for a connection to the last row */
  readonly milliseconds: number;
  /** PostgreSQL's plan for any values, which needs PostgreSQL 16; for the first slow one of each text */
  readonly plan?: string;
}

export interface SlowStatementOptions {
  /** milliseconds that a statement may take */
  readonly threshold: number;
  /** asks PostgreSQL for the plan; for development, as it is another statement */
  readonly explain: boolean;
  readonly tell: (statement: SlowStatement) => void;
}

/** Texts whose plans are told; more would mean that they are made of values. */
const MAXIMUM_EXPLAINED = 200;

/** Sends statements as `send` does, and tells of those that took too long, refused ones too. */
export function watched(send: SendAs, isolation: IsolationMode, options: SlowStatementOptions): SendAs {
  const { threshold, explain, tell } = options;
  const explained = new Set<string>();

  async function tellOf(pool: Pool, text: string, userId: string, milliseconds: number): Promise<void> {
    const isNew = explain && isolation !== 'owner' && !explained.has(text) && explained.size < MAXIMUM_EXPLAINED;
    if (!isNew) return tell({ text, milliseconds });
    explained.add(text);
    // What cannot be explained, by an old server or a closing pool, is told without.
    const plan = await genericPlan(pool, isolation, userId, text).catch(() => undefined);
    tell(plan === undefined ? { text, milliseconds } : { text, milliseconds, plan });
  }

  return async (pool, query, userId, prepare) => {
    const begin = performance.now();
    try {
      return await send(pool, query, userId, prepare);
    } finally {
      const milliseconds = performance.now() - begin;
      // A text without values may have them written into it.
      if (milliseconds > threshold && query.values?.length) void tellOf(pool, query.text, userId, milliseconds);
    }
  };
}

/** As the same user, so that row-level security is part of it; it names parameters, where a plan for values shows them. */
async function genericPlan(
  pool: Pool,
  isolation: Exclude<IsolationMode, 'owner'>,
  userId: string,
  text: string,
): Promise<string> {
  const { variables, role = 'none' } = sessionContext(isolation, userId);
  const client = await pool.connect();
  try {
    await client.query('begin read only');
    for (const [name, value] of Object.entries({ ...variables, role })) {
      await client.query('select set_config($1, $2, true)', [name, value]);
    }
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (generic_plan) ${text}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (error: Error) => client.release(error),
    );
  }
}
