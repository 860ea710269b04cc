import { DatabaseError, type Pool } from 'pg';
import { codeOf, type SpanError, type SpanStart, type Tracing } from '../core/tracing.ts';
import type { InTransaction, SendAs } from './bound-driver.ts';
import type { Turns } from './fair-queue.ts';

const SYSTEM = { 'db.system.name': 'postgresql' };

/** Sends statements as `send` does, each a span such as `select tasks`, with the wait for a connection. */
export function tracedStatements(send: SendAs, tracing: Tracing): SendAs {
  return (pool, query, userId, prepare) => {
    if (!tracing.isRecording()) return send(pool, query, userId, prepare);
    return tracing.span(startOf(query.text, query.values), async (span) => {
      const begin = performance.now();
      const connected = () => span.set({ 'db.client.connection.wait_time': (performance.now() - begin) / 1000 });
      const result = await send(telling(pool, connected), query, userId, prepare);
      span.set({ 'db.response.returned_rows': result.rowCount });
      return result;
    });
  };
}

/** The same pool for one statement: `connected` hears when it has a connection. */
function telling(pool: Pool, connected: () => void): Pool {
  const connect = (...[callback]: Parameters<Pool['connect']>) =>
    pool.connect((error, client, release) => {
      connected();
      callback(error, client, release);
    });
  return Object.create(pool, { connect: { value: connect } });
}

/** A transaction as a span, the wait for its turn included. Each of several tries is one. */
export function tracedTransactions(queue: Turns, tracing: Tracing): Turns {
  const start = { name: 'transaction', attributes: SYSTEM, isCall: true, codeOf: databaseCodeOf };
  return {
    run: (userId, work) => tracing.span(start, () => queue.run(userId, work)),
  };
}

/** The statements in it. */
export function tracedInTransaction(tracing: Tracing): InTransaction {
  return (text, values, run) => (tracing.isRecording() ? tracing.span(startOf(text, values), run) : run());
}

function startOf(text: string, values: readonly unknown[] | undefined): SpanStart {
  // A text without values may have them written into it: such are neither shown nor kept.
  return values?.length ? knownStart(text) : describe(text);
}

const MAXIMUM_KNOWN = 1000;
const known = new Map<string, SpanStart>();

function knownStart(text: string): SpanStart {
  const existing = known.get(text);
  if (existing) return existing;
  const { attributes, ...start } = describe(text);
  const created = { ...start, attributes: { ...attributes, 'db.query.text': text } };
  if (known.size < MAXIMUM_KNOWN) known.set(text, created);
  return created;
}

const OPERATION = /^\s*(select|insert|update|delete|with|set)\b/i;
const TABLE = /\b(?:from|into|update)\s+"?([a-z_][a-z_0-9]*)/i;

/** The name says what is done to which table; both are the first that the text names. */
function describe(text: string): SpanStart {
  const operation = OPERATION.exec(text)?.[1]?.toLowerCase();
  const table = operation && TABLE.exec(text)?.[1];
  return {
    name: [operation ?? 'statement', table].filter(Boolean).join(' '),
    attributes: {
      ...SYSTEM,
      ...(operation ? { 'db.operation.name': operation } : {}),
      ...(table ? { 'db.collection.name': table } : {}),
    },
    isCall: true,
    codeOf: databaseCodeOf,
  };
}

/** PostgreSQL's SQLSTATE, where it was PostgreSQL that refused. */
function databaseCodeOf(error: unknown): SpanError {
  const cause = error instanceof Error && error.cause instanceof DatabaseError ? error.cause : error;
  return cause instanceof DatabaseError && cause.code ? { code: cause.code, isFault: true } : codeOf(error);
}
