import { CombinedGraphQLErrors, ServerError } from '@apollo/client';
import { type RetryConfig, throwError, timer } from 'rxjs';
import type { AccessTokens } from './access-tokens.ts';

/** Why something ended: the token was refused, it may go well later, or it never will. */
export type End = 'token' | 'later' | 'final';

export class SignedOutError extends Error {
  override readonly name = 'SignedOutError';
}

const LATER_CODES: unknown[] = ['SERVICE_UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL_SERVER_ERROR'];
/** Bad request, protocol not acceptable, id in use, message too long: mistakes of this client. */
const FINAL_CLOSES = [4400, 4406, 4409, 1009];

/** What an error of any of the links means. Connections that break count as `later`, as does all that nobody expected. */
export function endOf(error: unknown): End {
  if (error instanceof SignedOutError) return 'final';
  if (CombinedGraphQLErrors.is(error)) return endOfCodes(error.errors.map(({ extensions }) => extensions?.code));
  if (ServerError.is(error)) return endOfStatus(error.statusCode);
  const { message = '', response } = error as { message?: string; response?: { status?: number } };
  // An answer that is no stream, as graphql-sse tells of it.
  if (response?.status !== undefined) return endOfStatus(response.status);
  // Apollo's link for graphql-ws tells the close code in words only.
  const close = Number(/^Socket closed with event (\d+)/.exec(message)?.[1]);
  if (close === 4401) return 'token';
  return FINAL_CLOSES.includes(close) ? 'final' : 'later';
}

function endOfCodes(codes: unknown[]): End {
  if (codes.includes('UNAUTHENTICATED')) return 'token';
  return codes.every((code) => LATER_CODES.includes(code)) ? 'later' : 'final';
}

function endOfStatus(status: number): End {
  if (status === 401) return 'token';
  return status < 400 || status >= 500 || status === 408 || status === 429 ? 'later' : 'final';
}

export interface ComeBackOptions {
  readonly tokens: AccessTokens;
  /** milliseconds between two attempts at most */
  readonly longestDelay?: number | undefined;
  /** hears why each attempt has ended, for a log or a sign "offline" */
  readonly onEnd?: ((end: End, error: unknown) => void) | undefined;
}

/** For RxJS's `retry`: again and again until it goes well or never will, with a new token where the last one was refused. */
export function comeBack({ tokens, longestDelay = 30_000, onEnd }: ComeBackOptions) {
  let failures = 0;
  let lastFailure = 0;
  const config: RetryConfig = {
    delay(error: unknown) {
      const end = endOf(error);
      onEnd?.(end, error);
      if (end === 'final') return throwError(() => error);
      if (end === 'token') tokens.forget();
      // What has gone on for so long had gone well, even if it had nothing to tell.
      if (Date.now() - lastFailure > 2 * longestDelay) failures = 0;
      lastFailure = Date.now();
      failures += 1;
      // A token that has come to its end is no reason to wait, the first time.
      if (end === 'token' && failures === 1) return timer(0);
      // Anywhere below the limit, which doubles: clients that were cut off together do not come back together.
      return timer(Math.random() * Math.min(longestDelay, 500 * 2 ** (failures - 1)));
    },
  };
  return {
    config,
    wentWell() {
      failures = 0;
    },
  };
}
