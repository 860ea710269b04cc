import { pipeline } from 'node:stream/promises';
import { isNativeError } from 'node:util/types';
import { createZstdDecompress } from 'node:zlib';
import { damaged, unsealed } from './backup-file.ts';
import {
  type BackupFooter,
  type BackupHeader,
  type BackupTable,
  copyFromStatement,
  parseFooter,
  parseHeader,
} from './script.ts';
import { ScriptReader } from './script-reader.ts';

const NEWLINE = 10;

export interface BackupContents {
  header: BackupHeader;
  /** of all tables */
  rows: number;
}

interface ReadOptions {
  /** takes the rows of one table, all of them, in blocks of whole lines */
  load: (table: BackupTable, rows: AsyncIterable<Buffer>) => Promise<void>;
  /** hears how much of the file is read */
  progress?: (bytes: number, total: number) => void;
  signal: AbortSignal;
}

/**
 * Reads a backup from beginning to end, in little memory whatever its size. Only when it has answered is the file known to be
 * whole: what was loaded before must be given up when it throws.
 * @throws BackupError when the file is none of ours, incomplete or damaged, and whatever `load` throws
 */
export async function readBackup(path: string, { load, progress, signal }: ReadOptions): Promise<BackupContents> {
  let contents: BackupContents | undefined;
  const consume = async (script: AsyncIterable<Buffer>) => {
    contents = await readScript(new ScriptReader(script), load);
  };
  try {
    await pipeline(unsealed(path, progress), createZstdDecompress(), consume, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw isOfDecompression(error) ? damaged(error) : error;
  }
  if (contents === undefined) throw damaged();
  return contents;
}

/** Reads all of it and keeps nothing. */
export function verifyBackup(path: string, options: Omit<ReadOptions, 'load'>): Promise<BackupContents> {
  const load = async (_table: BackupTable, rows: AsyncIterable<Buffer>) => {
    for await (const _rows of rows);
  };
  return readBackup(path, { ...options, load });
}

async function readScript(script: ScriptReader, load: ReadOptions['load']): Promise<BackupContents> {
  const header = parseHeader(await script.line());
  const counts: number[] = [];
  for (const table of header.tables) {
    if ((await script.line()) !== `${copyFromStatement(table)};`) throw damaged();
    const count = { rows: 0 };
    await load(table, counted(script.rows(), count));
    counts.push(count.rows);
  }
  const footer: BackupFooter = parseFooter(await script.line());
  if (!(await script.isAtEnd())) throw damaged();
  if (footer.rows.join() !== counts.join()) throw damaged();
  return { header, rows: counts.reduce((sum, rows) => sum + rows, 0) };
}

async function* counted(blocks: AsyncIterable<Buffer>, count: { rows: number }): AsyncGenerator<Buffer> {
  for await (const block of blocks) {
    count.rows += newlines(block);
    yield block;
  }
}

/** Rows of COPY's text: in values, line ends are written as `\n`. */
export function newlines(block: Buffer): number {
  let count = 0;
  for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

function isOfDecompression(error: unknown): boolean {
  return isNativeError(error) && 'code' in error && /^Z(STD)?_/.test(String(error.code));
}
