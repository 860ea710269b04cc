import { damaged } from './backup-file.ts';
import { END_OF_ROWS } from './script.ts';

const NEWLINE = 10;
/** bytes; far more than a row can have, so that a file of something else does not fill the memory */
const LONGEST_LINE = 64 * 1024 * 1024;
const END = Buffer.from(END_OF_ROWS);
const END_INSIDE = Buffer.from(`\n${END_OF_ROWS}`);

/** Reads a script from pieces of any size: a line, or the rows of a table in large blocks. */
export class ScriptReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(script: AsyncIterable<Buffer>) {
    this.#pieces = script[Symbol.asyncIterator]();
  }

  /** The next line without its end; @throws BackupError at the end of the script */
  async line(): Promise<string> {
    const lines = await this.#lines();
    const end = lines.indexOf(NEWLINE);
    this.#rest = lines.subarray(end + 1);
    return lines.subarray(0, end).toString();
  }

  /** Blocks of whole lines up to the one that ends the rows of a table, which is passed over. */
  async *rows(): AsyncGenerator<Buffer> {
    for (;;) {
      const lines = await this.#lines();
      const end = endOfRows(lines);
      if (end !== undefined) {
        this.#rest = lines.subarray(end + END.length);
        if (end > 0) yield lines.subarray(0, end);
        return;
      }
      const whole = lines.lastIndexOf(NEWLINE) + 1;
      this.#rest = lines.subarray(whole);
      yield lines.subarray(0, whole);
    }
  }

  /** Whether nothing is left. */
  async isAtEnd(): Promise<boolean> {
    return this.#rest.length === 0 && (await this.#pieces.next()).done === true;
  }

  /** What is there, at least one line. */
  async #lines(): Promise<Buffer> {
    const parts = [this.#rest];
    let size = this.#rest.length;
    while (!parts.at(-1)?.includes(NEWLINE)) {
      const { done, value } = await this.#pieces.next();
      if (done) throw damaged();
      parts.push(value);
      size += value.length;
      if (size > LONGEST_LINE) throw damaged();
    }
    return parts.length === 1 ? this.#rest : Buffer.concat(parts);
  }
}

/** Where the line begins that ends the rows; no row can look like it, since COPY doubles backslashes. */
function endOfRows(lines: Buffer): number | undefined {
  if (lines.subarray(0, END.length).equals(END)) return 0;
  const before = lines.indexOf(END_INSIDE);
  return before === -1 ? undefined : before + 1;
}
