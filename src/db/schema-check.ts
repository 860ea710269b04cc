import type { Database } from './database.ts';
import { migrationStates } from './migrate.ts';

/** A column as an entity has it. */
interface ExpectedColumn {
  entity: string;
  table: string;
  column: string;
  /** as MikroORM writes it, such as `timestamptz(3)` */
  type: string;
  nullable: boolean;
  /** inserts may leave it out and have PostgreSQL fill it in */
  hasDefault: boolean;
}

interface ComparedColumn extends ExpectedColumn {
  tableExists: boolean;
  columnExists: boolean;
  typeFits: boolean;
  actualType: string;
  actuallyNullable: boolean;
  actuallyHasDefault: boolean;
}

// Types are compared by what PostgreSQL takes them for, since int and integer are one; lengths and precisions as written.
const COMPARED = `
  select e.*, to_regclass(quote_ident(e."table")) is not null as "tableExists", a.attnum is not null as "columnExists",
    format_type(a.atttypid, a.atttypmod) as "actualType",
    coalesce(to_regtype(e.type) = a.atttypid, false)
      and substring(e.type from '\\(.*\\)') is not distinct from substring(format_type(a.atttypid, a.atttypmod) from '\\(.*\\)')
      as "typeFits",
    not a.attnotnull as "actuallyNullable", a.atthasdef or a.attidentity <> '' as "actuallyHasDefault"
  from json_to_recordset($1::json)
    as e (entity text, "table" text, "column" text, type text, nullable boolean, "hasDefault" boolean)
  left join pg_attribute a on a.attrelid = to_regclass(quote_ident(e."table")) and a.attname = e."column"
    and a.attnum > 0 and not a.attisdropped
  order by e."table", e."column"`;

// A generated column has its expression where others have a default.
const UNFILLED = `
  select e."table", a.attname as "column"
  from (select distinct "table" from json_to_recordset($1::json) as e ("table" text)) e
  join pg_attribute a on a.attrelid = to_regclass(quote_ident(e."table"))
  where a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef and a.attidentity = ''
    and not exists (
      select from json_to_recordset($1::json) as known ("table" text, "column" text)
      where known."table" = e."table" and known."column" = a.attname
    )
  order by e."table", a.attname`;

/**
 * Everything in which the database is not what this version works with, a sentence each: pending and unknown migrations,
 * and columns that do not fit the entities. Changes nothing; needs the owner's connection.
 */
export async function schemaFaults(database: Database): Promise<string[]> {
  const migrations = (await migrationStates(database)).flatMap(({ name, appliedAt, known }) => {
    if (!known) return [`the migration ${name} is applied, which this version does not know`];
    return appliedAt === undefined ? [`the migration ${name} is pending`] : [];
  });
  const expected = JSON.stringify(expectedColumns(database));
  const compared = await database.asServer().query<ComparedColumn>(COMPARED, [expected]);
  const unfilled = await database.asServer().query<{ table: string; column: string }>(UNFILLED, [expected]);
  return [
    ...migrations,
    ...new Set(compared.flatMap(columnFaults)),
    ...unfilled.map(
      ({ table, column }) => `${table}.${column} is not null without a default, and no entity has it: inserts fail`,
    ),
  ];
}

function expectedColumns({ orm }: Database): ExpectedColumn[] {
  return [...orm.getMetadata().getAll().values()].flatMap(({ className, tableName, props }) =>
    props
      .filter(({ persist }) => persist !== false)
      .flatMap(({ fieldNames = [], columnTypes, nullable = false, default: value, defaultRaw }) =>
        fieldNames.map((column, index) => ({
          entity: className,
          table: tableName,
          column,
          type: columnTypes[index] ?? '',
          nullable,
          hasDefault: value !== undefined || defaultRaw !== undefined,
        })),
      ),
  );
}

function columnFaults(column: ComparedColumn): string[] {
  const { entity, table, type, nullable } = column;
  const name = `${table}.${column.column}`;
  if (!column.tableExists) return [`the table ${table} is missing, which ${entity} needs`];
  if (!column.columnExists) return [`${name} is missing, which ${entity} needs`];
  const faults: string[] = [];
  if (!column.typeFits) faults.push(`${name} is of type ${column.actualType}, in ${entity} of type ${type}`);
  if (column.actuallyNullable !== nullable) {
    const [is, shouldBe] = nullable ? ['not null', 'nullable'] : ['nullable', 'not null'];
    faults.push(`${name} is ${is}, in ${entity} ${shouldBe}`);
  }
  if (column.hasDefault && !column.actuallyHasDefault) faults.push(`${name} has no default, in ${entity} it has one`);
  return faults;
}
