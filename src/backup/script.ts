import { escapeIdentifier } from 'pg';
import { z } from 'zod';
import { damaged } from './backup-file.ts';

/**
 * What is compressed in a backup: a script that psql could read. A comment with the header as JSON, for each table a COPY
 * with its rows as PostgreSQL writes them, ended by `\.`, and a comment with the number of rows of each table.
 */

/** A table and those of its columns that are stored rather than generated. */
export interface BackupTable {
  schema: string;
  name: string;
  columns: string[];
}

const name = z.string().min(1);

const headerSchema = z.object({
  createdAt: z.iso.datetime(),
  /** version of PostgreSQL */
  server: name,
  /** of the product's schema, in the order in which they were applied */
  migrations: z.array(name).min(1),
  tables: z.array(z.object({ schema: name, name, columns: z.array(name) })),
});
export type BackupHeader = z.output<typeof headerSchema>;

const footerSchema = z.object({ rows: z.array(z.int().min(0)) });
/** `rows` of each table, in the order of the header. */
export type BackupFooter = z.output<typeof footerSchema>;

export const END_OF_ROWS = '\\.\n';

export function qualified({ schema, name }: Pick<BackupTable, 'schema' | 'name'>): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
}

export function columnList({ columns }: BackupTable): string {
  return columns.map(escapeIdentifier).join(', ');
}

export function copyFromStatement(table: BackupTable): string {
  return `COPY ${qualified(table)} (${columnList(table)}) FROM stdin`;
}

export function comment(content: BackupHeader | BackupFooter): string {
  return `-- ${JSON.stringify(content)}\n`;
}

/** @throws BackupError when it is no header */
export function parseHeader(line: string): BackupHeader {
  return parse(headerSchema, line);
}

/** @throws BackupError when it is no footer */
export function parseFooter(line: string): BackupFooter {
  return parse(footerSchema, line);
}

function parse<Content>(schema: z.ZodType<Content>, line: string): Content {
  try {
    return schema.parse(JSON.parse(line.slice('-- '.length)));
  } catch (error) {
    throw damaged(error);
  }
}
