import type { IncomingMessage } from 'node:http';
import { AppError, BadUserInputError } from '../core/errors.ts';

/**
 * The JSON body of a request.
 * @throws AppError PAYLOAD_TOO_LARGE over `limit` bytes, BAD_USER_INPUT for what is not JSON in UTF-8
 */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  assertPlainJson(request);
  const text = await readText(request, limit);
  try {
    return JSON.parse(text);
  } catch {
    throw new BadUserInputError([], 'The body is not valid JSON');
  }
}

export function payloadTooLarge(limit: number): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', `The body has more than ${limit} bytes`, { limit });
}

function assertPlainJson({ headers }: IncomingMessage): void {
  const type = headers['content-type'] ?? '';
  // Browsers send this type to other origins only after a preflight: the first line against CSRF.
  if (!/^application\/(graphql-response\+)?json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    throw new BadUserInputError([], 'The content type must be application/json in UTF-8');
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new BadUserInputError([], 'Compressed bodies are not accepted');
  }
}

function readText(request: IncomingMessage, limit: number): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(payloadTooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) reject(payloadTooLarge(limit));
      else chunks.push(chunk);
    });
    request.once('end', () =>
      resolve((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString()),
    );
    request.once('error', reject);
  });
}
