import { STATUS_CODES } from 'node:http';
import { AppError, NotFoundError } from '../core/errors.ts';

/** What Better Auth says of an error; anything else in its body stays here. */
interface Refusal {
  readonly code?: string;
  readonly message?: string;
}

/**
 * Turns an answer of Better Auth into one of this server: refusals become problem documents with Better Auth's `code`
 * and `message` in them, and nothing is cached.
 * @throws AppError for routes and methods that do not exist, too many requests and faults of the server
 */
export async function toAnswer(response: Response): Promise<Response> {
  const { status } = response;
  if (status < 400) {
    // The server exposes these headers and its own on every answer; this one would replace the list.
    response.headers.delete('access-control-expose-headers');
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
    return response;
  }
  if (status === 429) {
    const retryAfter = Number(response.headers.get('x-retry-after')) || 1;
    throw new AppError('RATE_LIMITED', `Too many requests, try again in ${retryAfter} s`, { retryAfter });
  }
  const refusal = await readRefusal(response);
  if (refusal === undefined) throw new NotFoundError('There is no such route');
  if (status >= 500) throw new Error(`Better Auth answered ${status} ${refusal.code}`);
  const detail = refusal.message ?? STATUS_CODES[status];
  return new Response(JSON.stringify({ status, title: STATUS_CODES[status], detail, ...refusal }), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    },
  });
}

/** The router refuses unknown paths and methods without a body; endpoints always have one. */
async function readRefusal(response: Response): Promise<Refusal | undefined> {
  const text = await response.text();
  if (text === '') return undefined;
  const { code, message } = JSON.parse(text) as Refusal;
  return { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
}
