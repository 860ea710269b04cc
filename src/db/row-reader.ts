import type { CustomTypesConfig, FieldDef } from 'pg';

/** Makes a row of the values of one message of PostgreSQL; `null` stays null. */
export type RowReader = (values: readonly (string | null)[]) => Record<string, unknown>;

type Parse = (text: string) => unknown;

/** For what node-postgres says of a result's columns. All rows get their members in one order, which engines like. */
export function rowReader(fields: readonly FieldDef[], types: Pick<CustomTypesConfig, 'getTypeParser'>): RowReader {
  const names = fields.map(({ name }) => name);
  const parsers = fields.map(({ dataTypeID }) => types.getTypeParser(dataTypeID, 'text') as Parse);
  const empty = Object.fromEntries(names.map((name) => [name, null]));
  return (values) => {
    const row: Record<string, unknown> = { ...empty };
    for (let index = 0; index < names.length; index++) {
      const value = values[index];
      if (value != null) row[names[index]!] = parsers[index]!(value);
    }
    return row;
  };
}
