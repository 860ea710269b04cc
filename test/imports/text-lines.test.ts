import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLines } from '../../src/imports/text-lines.ts';

/** The lines of text that arrives in chunks of so many bytes. */
async function linesOf(bytes: Uint8Array, chunk = bytes.length || 1): Promise<string[]> {
  async function* chunks() {
    for (let start = 0; start < bytes.length; start += chunk) yield bytes.subarray(start, start + chunk);
  }
  const lines: string[] = [];
  for await (const line of readLines(chunks())) lines.push(line);
  return lines;
}

describe('the lines of a file', () => {
  it.each([
    ['a\nb\n', ['a', 'b', '']],
    ['a\r\nb', ['a', 'b']],
    ['a\rb\r', ['a', 'b', '']],
    ['a\n\r\nb', ['a', '', 'b']],
    ['\ufeffa\n\ufeffb', ['a', '\ufeffb']],
    ['', ['']],
    ['a\u2028b\u0085c\fd', ['a\u2028b\u0085c\fd']],
  ])('of %j are %j', async (text, lines) => {
    expect(await linesOf(Buffer.from(text))).toEqual(lines);
  });

  it('are the same however the bytes arrive', async () => {
    const text = fc.array(fc.constantFrom('\r', '\n', '\r\n', 'é', '🛒', 'a', ' ')).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (whole, chunk) => {
        expect(await linesOf(Buffer.from(whole), chunk)).toEqual(whole.split(/\r\n|\n|\r/));
      }),
    );
  });

  it.each([
    ['bytes that are none', [0x61, 0x0a, 0xff, 0x0a]],
    ['half a character at the end', [0x61, 0x0a, 0xc3]],
    ['UTF-16', [0xff, 0xfe, 0x2d, 0x00]],
  ])('must be UTF-8: %s', async (_what, bytes) => {
    await expect(linesOf(Uint8Array.from(bytes))).rejects.toThrow(/^The file is not UTF-8 text \(in line \d/);
  });

  it('must end some time', async () => {
    await expect(linesOf(Buffer.alloc(3_000_000, 'a'), 65_536)).rejects.toThrow(
      'Line 1 is longer than 1048576 characters',
    );
  });
});
