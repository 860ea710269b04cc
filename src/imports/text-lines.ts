import { BadUserInputError } from '../core/errors.ts';

/** Characters. No line of text is that long: it keeps a file that is something else from filling the memory. */
const LONGEST_LINE = 1_048_576;

/**
 * The lines of UTF-8 text, with or without a byte order mark, ended by LF, CR LF or CR.
 * @throws BadUserInputError when the bytes are not UTF-8 or a line is no line
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  let rest = '';

  function decode(chunk?: Uint8Array): string {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new BadUserInputError([], `The file is not UTF-8 text (in line ${number} or soon after)`);
    }
  }

  for await (const chunk of chunks) {
    // A CR at the end may be the first half of a line end.
    const lines = (rest + decode(chunk)).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) {
      throw new BadUserInputError([], `Line ${number + lines.length} is longer than ${LONGEST_LINE} characters`);
    }
    yield* lines;
    number += lines.length;
  }
  yield* (rest + decode()).split(/\r\n|\n|\r/);
}
