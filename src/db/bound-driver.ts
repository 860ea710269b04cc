import { type DriverException, isRaw } from '@mikro-orm/core';
import { PostgreSqlConnection, PostgreSqlDriver } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import type { Pool, QueryConfig } from 'pg';
import { AppError } from '../core/errors.ts';
import type { StatementResult } from './isolated-query.ts';
import { SERVER } from './isolation.ts';

/** Sends one statement, in a transaction of its own, as one user. `prepare`: as a named statement. */
export type SendAs = (pool: Pool, query: QueryConfig, userId: string, prepare: boolean) => Promise<StatementResult>;

/** Runs a statement of a transaction, which goes to PostgreSQL by the transaction's connection. */
export type InTransaction = <Result>(
  text: string,
  values: readonly unknown[] | undefined,
  run: () => Promise<Result>,
) => Promise<Result>;

/** How the driver reaches PostgreSQL as one user. */
export interface IsolatedSession {
  readonly send: SendAs;
  readonly inTransaction: InTransaction;
  /** what MikroORM applies at the beginning of a transaction */
  context(userId: string): { variables: Record<string, string>; role?: string };
}

type ExecuteArguments = Parameters<PostgreSqlConnection['execute']>;
type LoggerContext = ExecuteArguments[4];
type BeginOptions = NonNullable<Parameters<PostgreSqlConnection['begin']>[0]>;

interface BoundQuery {
  text: string;
  values: unknown[];
}

/** The key under which a unit of work carries its user through MikroORM to the driver. */
const USER = 'userId';

/** The option of `fork` that makes everything the entity manager does act for one user. */
export function actingFor(userId: string): { loggerContext: Record<string, string> } {
  return { loggerContext: { [USER]: userId } };
}

/**
 * A driver that sends MikroORM's SQL with real parameters as prepared statements, and each of them, or each
 * transaction, as the user of its unit of work; as nobody where there is none, so that what was forgotten sees nothing.
 * MikroORM 7 writes parameters into the text (`platform.formatQuery`), which PostgreSQL then parses and plans for every
 * call; binding halves PostgreSQL's CPU for one row and takes escaping out of the picture. What cannot be bound as it is
 * (arrays, JSON) goes as MikroORM writes it.
 */
export function boundDriver(session: IsolatedSession): typeof PostgreSqlDriver {
  class BoundConnection extends PostgreSqlConnection {
    #pool: Pool | undefined;

    // biome-ignore lint/suspicious/noExplicitAny: MikroORM's generic is bound to its own result types, which are not exported
    override async execute(...call: ExecuteArguments): Promise<any> {
      const [query, parameters = [], method = 'all', transaction, loggerContext] = call;
      const bound = bind(query, parameters);
      if (transaction && !bound) {
        const { sql, values } = rawOf(query, parameters);
        return session.inTransaction(sql, values as unknown[] | undefined, () => super.execute(...call));
      }
      await this.ensureConnection();
      const { text, values } = bound ?? this.#written(query, parameters);
      const send = async () => {
        if (transaction) {
          const run = () => transaction.executeQuery(CompiledQuery.raw(text, values));
          return this.transformRawResult(await session.inTransaction(text, values, run), method);
        }
        this.#pool ??= await this.getNativeClient();
        const isNamed = bound !== undefined;
        const { rows, rowCount } = await session.send(this.#pool, { text, values }, userOf(loggerContext), isNamed);
        return this.transformRawResult({ rows, numAffectedRows: rowCount }, method);
      };
      return this.executeQuery(text, send, { ...loggerContext, query: text, params: values });
    }

    override begin(options: BeginOptions = {}): ReturnType<PostgreSqlConnection['begin']> {
      // A savepoint stands in a transaction that has its user.
      if (options.ctx) return super.begin(options);
      return super.begin({ ...options, sessionContext: session.context(userOf(options.loggerContext)) });
    }

    // biome-ignore lint/correctness/useYield: it must not be used
    override async *stream(): AsyncIterableIterator<never> {
      throw new Error('streams are not bound to a user');
    }

    #written(query: ExecuteArguments[0], parameters: ExecuteArguments[1]): BoundQuery {
      const { sql, values } = rawOf(query, parameters);
      return { text: Array.isArray(values) ? this.platform.formatQuery(sql, values) : sql, values: [] };
    }
  }

  return class BoundDriver extends PostgreSqlDriver {
    protected override readonly connection: PostgreSqlConnection;

    constructor(configuration: ConstructorParameters<typeof PostgreSqlDriver>[0]) {
      super(configuration);
      this.connection = new BoundConnection(configuration);
    }

    /** What has its meaning already keeps it: no place in the queue for connections is no fault of a statement. */
    override convertException(exception: Error): DriverException {
      return exception instanceof AppError ? (exception as never) : super.convertException(exception);
    }
  };
}

function userOf(loggerContext: LoggerContext): string {
  const userId = (loggerContext as Record<string, unknown> | undefined)?.[USER];
  return typeof userId === 'string' ? userId : SERVER;
}

function rawOf(query: ExecuteArguments[0], parameters: ExecuteArguments[1]) {
  const raw = typeof query === 'string' || isRaw(query) ? query : query.toRaw();
  return typeof raw === 'string' ? { sql: raw, values: parameters } : { sql: raw.sql, values: raw.params };
}

function bind(query: ExecuteArguments[0], parameters: ExecuteArguments[1]): BoundQuery | undefined {
  const { sql, values } = rawOf(query, parameters);
  if (!Array.isArray(values) || values.length === 0 || !values.every(isScalar)) return undefined;
  const text = positional(sql);
  return text === undefined ? undefined : { text, values };
}

function isScalar(value: unknown): boolean {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value)) ||
    value instanceof Date
  );
}

/** MikroORM writes `?` for parameters, `??` for identifiers and `\?` for the operator; only plain `?` are parameters. */
const NOT_CONVERTIBLE = /\?\?|\\\?|'[^']*\?[^']*'/;
const MAXIMUM_REMEMBERED = 1000;
const positionalTexts = new Map<string, string | undefined>();

function positional(sql: string): string | undefined {
  if (positionalTexts.has(sql)) return positionalTexts.get(sql);
  let index = 0;
  const text = NOT_CONVERTIBLE.test(sql) ? undefined : sql.replaceAll('?', () => `$${++index}`);
  if (positionalTexts.size < MAXIMUM_REMEMBERED) positionalTexts.set(sql, text);
  return text;
}
