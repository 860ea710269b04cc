import { DatabaseError, type Pool, type PoolClient, Query, type QueryConfig, type QueryResult } from 'pg';
import type { Statement } from './statement.ts';

/** What node-postgres calls on a query and its types leave out; read from its version that is pinned. */
interface QueryInternals {
  callback: (error: Error | null, result?: QueryResult) => void;
  readonly name?: string;
  readonly text: string;
  prepare(connection: ConnectionInternals): void;
  hasBeenParsed(connection: ConnectionInternals): boolean;
  requiresPreparation(): boolean;
  handleCommandComplete(message: unknown, connection: ConnectionInternals): void;
}

interface ConnectionInternals {
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(statement: { text: string; name: string | undefined; types: [] }): void;
  bind(portal: { portal: ''; statement: string | undefined; values: string[]; binary: false }): void;
  execute(portal: { portal: ''; rows: 0 }): void;
}

const PgQuery = Query as unknown as new (config: QueryConfig) => Query & QueryInternals;

/**
 * A statement that acts for one user: the statement that names the user goes before it in the same message to
 * PostgreSQL. Until the `Sync` at the end both are one transaction (PostgreSQL's documentation, Pipelining), so the
 * name holds for exactly this statement. It costs no round trip, and neither BEGIN nor COMMIT; see decision 10.
 */
class IsolatedQuery extends PgQuery {
  readonly #isolation: Statement;
  readonly #userId: string;
  #isBound = false;

  constructor(config: QueryConfig, isolation: Statement, userId: string) {
    super(config);
    this.#isolation = isolation;
    this.#userId = userId;
  }

  /** The simple protocol would send the statement alone. */
  override requiresPreparation(): boolean {
    return true;
  }

  override prepare(connection: ConnectionInternals): void {
    const { name, text } = this.#isolation;
    // Parsed before the user is named, so that a statement that cannot be parsed fails before it is bound.
    if (this.name !== undefined && !this.hasBeenParsed(connection)) parse(connection, this.name, this.text);
    if (name === undefined || connection.submittedNamedStatements[name] === undefined) parse(connection, name, text);
    connection.bind({ portal: '', statement: name, values: [this.#userId], binary: false });
    connection.execute({ portal: '', rows: 0 });
    super.prepare(connection);
  }

  /** The first of two completions is that of naming the user. */
  override handleCommandComplete(message: unknown, connection: ConnectionInternals): void {
    if (this.#isBound) super.handleCommandComplete(message, connection);
    this.#isBound = true;
  }

  /** Whether PostgreSQL has parsed everything and knows the user. Before that, node-postgres may be wrong on what it has parsed. */
  get isBound(): boolean {
    return this.#isBound;
  }
}

function parse(connection: ConnectionInternals, name: string | undefined, text: string): void {
  connection.parse({ text, name, types: [] });
  if (name !== undefined) connection.submittedNamedStatements[name] = text;
}

/** Sends one statement on any free connection of the pool, as one user. Rejects with node-postgres' error. */
export function sendIsolated(
  pool: Pool,
  config: QueryConfig,
  isolation: Statement,
  userId: string,
): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    pool.connect((failure: Error | undefined, client: PoolClient | undefined, release) => {
      if (client === undefined) {
        reject(failure);
        return;
      }
      const query = new IsolatedQuery(config, isolation, userId);
      query.callback = (error, result) => {
        release(error !== null && !(query.isBound && leavesConnectionUsable(error)));
        if (error) reject(error);
        else resolve(result as QueryResult);
      };
      client.query(query);
    });
  });
}

/** PostgreSQL no longer has the statement, or its result has another shape since a migration. */
const STALE_STATEMENT = new Set(['26000', '0A000']);

/**
 * A refused statement ends its transaction and nothing else. The pool's own `query` closes the connection after each
 * error, so that a client who sends taken ids would make the server connect anew for each.
 */
function leavesConnectionUsable(error: Error): boolean {
  return error instanceof DatabaseError && error.severity === 'ERROR' && !STALE_STATEMENT.has(error.code ?? '');
}
