import { isRaw } from '@mikro-orm/core';
import { PostgreSqlConnection, PostgreSqlDriver } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import type { Pool } from 'pg';
import { statement } from './statement.ts';

type ExecuteArguments = Parameters<PostgreSqlConnection['execute']>;

interface BoundQuery {
  text: string;
  values: unknown[];
}

/**
 * Sends MikroORM's SQL with real parameters as prepared statements. MikroORM 7 writes parameters into the text
 * (`platform.formatQuery`), which PostgreSQL then parses and plans for every call; binding halves PostgreSQL's CPU for
 * one row and takes escaping out of the picture. What cannot be bound as it is (arrays, JSON) goes MikroORM's own way.
 */
class BoundConnection extends PostgreSqlConnection {
  #pool: Pool | undefined;

  // biome-ignore lint/suspicious/noExplicitAny: MikroORM's generic is bound to its own result types, which are not exported
  override async execute(...call: ExecuteArguments): Promise<any> {
    const [query, parameters = [], method = 'all', transaction, loggerContext] = call;
    const abortable = loggerContext !== undefined && 'signal' in loggerContext;
    const bound = abortable ? undefined : bind(query, parameters);
    if (!bound) return super.execute(...call);
    await this.ensureConnection();
    const send = async () => {
      if (transaction) {
        return this.transformRawResult(
          await transaction.executeQuery(CompiledQuery.raw(bound.text, bound.values)),
          method,
        );
      }
      this.#pool ??= await this.getNativeClient();
      const { rows, rowCount } = await this.#pool.query({ ...statement(bound.text), values: bound.values });
      return this.transformRawResult({ rows, numAffectedRows: rowCount }, method);
    };
    return this.executeQuery(bound.text, send, { ...loggerContext, query: bound.text, params: bound.values });
  }
}

export class BoundDriver extends PostgreSqlDriver {
  protected override readonly connection: PostgreSqlConnection;

  constructor(configuration: ConstructorParameters<typeof PostgreSqlDriver>[0]) {
    super(configuration);
    this.connection = new BoundConnection(configuration);
  }
}

function bind(query: ExecuteArguments[0], parameters: ExecuteArguments[1]): BoundQuery | undefined {
  const raw = typeof query === 'string' || isRaw(query) ? query : query.toRaw();
  const [sql, values] = typeof raw === 'string' ? [raw, parameters] : [raw.sql, raw.params];
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
