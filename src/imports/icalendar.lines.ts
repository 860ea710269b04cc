import type { Lines } from './imported-task.ts';

/** A line of content as RFC 5545 means it: unfolded, with the number of its first line. */
export interface ContentLine {
  line: number;
  /** in capitals */
  name: string;
  /** all of it; `undefined` when it is too long to be read */
  text: string | undefined;
}

/** Characters: a description of the allowed length, each of them escaped, is shorter. */
const LONGEST_LINE = 524_288;
const NAME = /^([A-Za-z0-9-]{1,64})[;:]/;

/** The lines of content of a file; one that has no name is there with an empty one. */
export async function* contentLines(lines: Lines): AsyncGenerator<ContentLine> {
  let number = 0;
  let pieces: string[] = [];
  let length = 0;
  let first = 1;

  function content(): ContentLine[] {
    const text = pieces.join('');
    if (text === '') return [];
    const name = NAME.exec(text)?.[1]?.toUpperCase() ?? '';
    return [{ line: first, name, text: length > LONGEST_LINE ? undefined : text }];
  }

  for await (const line of lines) {
    number += 1;
    const text = number === 1 ? line.replace(/^\ufeff/, '') : line;
    if (/^[ \t]/.test(text)) {
      length += text.length - 1;
      if (length <= LONGEST_LINE) pieces.push(text.slice(1));
      continue;
    }
    yield* content();
    first = number;
    length = text.length;
    pieces = [text.slice(0, LONGEST_LINE)];
  }
  yield* content();
}
