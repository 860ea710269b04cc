import type { Writable } from 'node:stream';
import {
  type CustomTypesConfig,
  DatabaseError,
  type FieldDef,
  type PoolClient,
  type QueryConfig,
  type Submittable,
} from 'pg';
import utils from 'pg/lib/utils.js';
import { serialize } from 'pg-protocol';
import { type RowReader, rowReader } from './row-reader.ts';
import type { Statement } from './statement.ts';

export interface StatementResult {
  readonly rows: Record<string, unknown>[];
  /** rows that were read or changed */
  readonly rowCount: number;
}

/** What node-postgres hands to a query of its caller's making, as far as it is used here. */
interface Connection {
  readonly stream: Writable;
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  sendCopyFail(message: string): void;
}

type Types = Pick<CustomTypesConfig, 'getTypeParser'>;

const EXECUTE = serialize.execute();
const DESCRIBE = serialize.describe({ type: 'P' });
const SYNC = serialize.sync();

/** How the rows of named statements are read, by what their values are turned into. */
const readers = new WeakMap<Types, Map<string, RowReader>>();

/**
 * A statement that acts for one user: the statement that names the user goes before it in the same message to
 * PostgreSQL. Until the `Sync` at the end both are one transaction (PostgreSQL's documentation, Pipelining), so the
 * name holds for exactly this statement. It costs no round trip, and neither BEGIN nor COMMIT; see decision 10.
 *
 * Implements node-postgres' interface for queries of others' making, as cursors do. What a named statement answers is
 * described by PostgreSQL once for each connection: it refuses to execute one whose columns have changed since.
 */
export class IsolatedQuery implements Submittable {
  /** node-postgres notes under it what PostgreSQL has parsed. */
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly callback: (error: Error | null, result?: StatementResult) => void;
  readonly #types: Types;
  readonly #isolation: Statement;
  readonly #userId: string;
  readonly #rows: StatementResult['rows'] = [];
  #reader: RowReader | undefined;
  #rowCount = 0;
  #isBound = false;

  /** `client` is the one that it will be given to. */
  constructor(
    client: PoolClient,
    config: QueryConfig,
    isolation: Statement,
    userId: string,
    callback: IsolatedQuery['callback'],
  ) {
    this.name = config.name;
    this.text = config.text;
    this.callback = callback;
    this.values = config.values ?? [];
    this.#types = config.types ?? (client as unknown as Types);
    this.#isolation = isolation;
    this.#userId = userId;
  }

  /** Whether PostgreSQL has parsed everything and knows the user. Before that, node-postgres may be wrong on what it has parsed. */
  get isBound(): boolean {
    return this.#isBound;
  }

  /** @returns an error, when nothing was sent */
  submit(connection: unknown): Error | null {
    try {
      this.#send(connection as Connection);
      return null;
    } catch (error) {
      return error as Error;
    }
  }

  #send(connection: Connection): void {
    const { name, text } = this;
    const isolation = this.#isolation;
    const bind = serialize.bind({
      ...(name === undefined ? {} : { statement: name }),
      values: this.values as unknown[],
      valueMapper: utils.prepareValue,
    });
    const messages: Buffer[] = [];
    const isParsed = isKnown(connection, name);
    // Parsed before the user is named, so that a statement that cannot be parsed fails before it is bound.
    if (!isParsed && name !== undefined) messages.push(parse(connection, name, text));
    if (!isKnown(connection, isolation.name)) messages.push(parse(connection, isolation.name, isolation.text));
    messages.push(serialize.bind({ statement: isolation.name ?? '', values: [this.#userId] }), EXECUTE);
    // There is one place for a statement without a name.
    if (name === undefined) messages.push(parse(connection, name, text));
    messages.push(bind);
    this.#reader = isParsed && name !== undefined ? readers.get(this.#types)?.get(name) : undefined;
    if (this.#reader === undefined) messages.push(DESCRIBE);
    messages.push(EXECUTE, SYNC);
    connection.stream.write(Buffer.concat(messages));
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    const reader = rowReader(fields, this.#types);
    this.#reader = reader;
    if (this.name === undefined) return;
    const known = readers.get(this.#types) ?? new Map<string, RowReader>();
    readers.set(this.#types, known.set(this.name, reader));
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.#reader) this.#rows.push(this.#reader(fields));
  }

  /** The first of two completions is that of naming the user. */
  handleCommandComplete({ text }: { text: string }): void {
    // "SELECT 21", "INSERT 0 1"; other commands have no number.
    if (this.#isBound) this.#rowCount = Number(text.slice(text.lastIndexOf(' ') + 1)) || 0;
    this.#isBound = true;
  }

  handleReadyForQuery(): void {
    this.callback(null, { rows: this.#rows, rowCount: this.#rowCount });
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}

  handleCopyInResponse(connection: Connection): void {
    connection.sendCopyFail('Nothing is copied here');
  }

  handleCopyData(): void {}
}

function isKnown({ parsedStatements, submittedNamedStatements }: Connection, name: string | undefined): boolean {
  return name !== undefined && (parsedStatements[name] ?? submittedNamedStatements[name]) !== undefined;
}

function parse(connection: Connection, name: string | undefined, text: string): Buffer {
  if (name === undefined) return serialize.parse({ text });
  connection.submittedNamedStatements[name] = text;
  return serialize.parse({ text, name });
}

/** PostgreSQL no longer has the statement, or its result has another shape since a migration. */
const STALE_STATEMENT = new Set(['26000', '0A000']);

/**
 * A refused statement ends its transaction and nothing else. The pool's own `query` closes the connection after each
 * error, so that a client who sends taken ids would make the server connect anew for each.
 */
export function leavesConnectionUsable(error: Error): boolean {
  return error instanceof DatabaseError && error.severity === 'ERROR' && !STALE_STATEMENT.has(error.code ?? '');
}
