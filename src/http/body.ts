import type { IncomingMessage } from 'node:http';
import secureJson from 'secure-json-parse';
import { AppError, BadUserInputError } from '../core/errors.ts';

/**
 * The JSON body of a request.
 * @throws AppError PAYLOAD_TOO_LARGE over `limit` bytes, BAD_USER_INPUT for what is not JSON in UTF-8
 */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  assertPlainJson(request);
  return parseJson(await readBytes(request, limit));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Nothing that either API accepts comes near; code that walks values recursively must not meet more. */
const MAXIMUM_NESTING = 100;

/**
 * The value of JSON text in UTF-8.
 * @throws BadUserInputError for anything else, a `__proto__` member, or more than 100 levels
 */
export function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes);
  // Before it is parsed: V8 takes a third of a millisecond for 10 KB that are nothing but brackets.
  if (isNestedTooDeeply(text)) {
    throw new BadUserInputError([], `The body is nested in more than ${MAXIMUM_NESTING} levels`);
  }
  try {
    return secureJson.parse(text);
  } catch {
    throw notJson();
  }
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw notJson();
  }
}

function notJson(): BadUserInputError {
  return new BadUserInputError([], 'The body is not valid JSON');
}

/** Counts brackets, right for JSON and harmless for anything else. Strings, which are most of a GraphQL request, are jumped over. */
function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === QUOTE) index = endOfString(text, index);
    else if (character === OPEN_OBJECT || character === OPEN_LIST) {
      if (++depth > MAXIMUM_NESTING) return true;
    } else if (character === CLOSE_OBJECT || character === CLOSE_LIST) depth--;
  }
  return false;
}

/** The index of the quote that closes the string, or the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  let end = start;
  let backslashes: number;
  do {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
  } while (backslashes % 2 === 1);
  return end;
}

const [QUOTE, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

export function payloadTooLarge(limit: number): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', `The body has more than ${limit} bytes`, { limit });
}

/** Lines of JSON, each an object. */
export const NDJSON_TYPE = 'application/x-ndjson';

/** Of files that are taken as they are. Nothing that a form or a plain request of another origin's page may have. */
export const TEXT_TYPES = [NDJSON_TYPE, 'text/markdown', 'text/csv', 'text/calendar'] as const;

/**
 * The text of such a file.
 * @throws BadUserInputError for another type, charset or content coding, and for what is not UTF-8
 */
export function textOfFile(request: IncomingMessage, bytes: Buffer): string {
  textTypeOf(request);
  try {
    return utf8.decode(bytes);
  } catch {
    throw new BadUserInputError([], 'The body is not UTF-8 text');
  }
}

/** Which of them it is. @throws BadUserInputError for another type, charset or content coding */
export function textTypeOf(request: IncomingMessage): (typeof TEXT_TYPES)[number] {
  const type = /^([^;\s]*)\s*(;\s*charset="?utf-8"?\s*)?$/i.exec(request.headers['content-type'] ?? '')?.[1];
  const known = TEXT_TYPES.find((name) => name === type?.toLowerCase());
  assertPlain(request, known !== undefined, TEXT_TYPES.join(', '));
  return known as (typeof TEXT_TYPES)[number];
}

/** @throws BadUserInputError for another type, charset or content coding than JSON in plain UTF-8 */
export function assertPlainJson(request: IncomingMessage): void {
  const json = /^application\/((graphql-response|merge-patch)\+)?json\s*(;\s*charset="?utf-8"?\s*)?$/i;
  assertPlain(request, json.test(request.headers['content-type'] ?? ''), 'application/json');
}

function assertPlain({ headers }: IncomingMessage, isOfType: boolean, names: string): void {
  // Browsers send these types to other origins only after a preflight: the first line against CSRF.
  if (!isOfType) {
    throw new BadUserInputError([], `The content type must be ${names} in UTF-8`);
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new BadUserInputError([], 'Compressed bodies are not accepted');
  }
}

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(payloadTooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) reject(payloadTooLarge(limit));
      else chunks.push(chunk);
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.once('error', () => reject(new BadUserInputError([], 'The request was broken off')));
  });
}
