import { CombinedGraphQLErrors, ServerError } from '@apollo/client';
import { SignedOutError } from './live-links.ts';

/**
 * What went wrong, whatever it was thrown as: `code` is the server's `extensions.code`, or one of two of this side.
 * Whoever shows errors or decides by them asks here and nowhere else. Take it with live-links.ts.
 */
export interface Problem {
  readonly code: string;
  /** for people */
  readonly message: string;
  /** with CONFLICT: the version that the task has now */
  readonly version: number | undefined;
  /** with BAD_USER_INPUT: what is wrong with which field */
  readonly fields: readonly { field: string; message: string }[];
  /** seconds to wait, where the server says so */
  readonly retryAfter: number | undefined;
}

/** No answer came: the request may have been carried out or not. */
export const UNREACHABLE = 'UNREACHABLE';

const WORDS: Record<string, string> = {
  UNAUTHENTICATED: 'You have been signed out.',
  FORBIDDEN: 'That belongs to somebody else.',
  NOT_FOUND: 'That is not there any more.',
  CONFLICT: 'It was changed elsewhere meanwhile.',
  PAYLOAD_TOO_LARGE: 'That is too much text.',
  RATE_LIMITED: 'That was too fast for the server. Wait a moment.',
  SERVICE_UNAVAILABLE: 'The server is not available right now.',
  INTERNAL_SERVER_ERROR: 'The server made a mistake.',
  [UNREACHABLE]: 'The server cannot be reached.',
};

/** No refusals: the server is away, asks for patience, or for somebody to sign in; nothing of it is the command's fault. */
export const PASSING: readonly string[] = [UNREACHABLE, 'SERVICE_UNAVAILABLE', 'RATE_LIMITED', 'UNAUTHENTICATED'];

export function problemOf(error: unknown): Problem {
  if (CombinedGraphQLErrors.is(error)) {
    const [first] = error.errors;
    return problemOfExtensions(first?.extensions ?? {}, first?.message);
  }
  if (error instanceof SignedOutError) return problemOfExtensions({ code: 'UNAUTHENTICATED' });
  if (ServerError.is(error)) return problemOfExtensions({ code: codeOfStatus(error.statusCode) });
  return problemOfExtensions({ code: UNREACHABLE });
}

/** Of `extensions`, or of an error that is part of an answer. */
export function problemOfExtensions(extensions: Record<string, unknown>, message = ''): Problem {
  const { code, version, fields, retryAfter } = extensions;
  const name = typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR';
  return {
    code: name,
    message: WORDS[name] ?? message,
    version: typeof version === 'number' ? version : undefined,
    fields: Array.isArray(fields) ? fields : [],
    retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined,
  };
}

/** An answer that is none of GraphQL's comes from a proxy before the server, which is away then. */
function codeOfStatus(status: number): string {
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  return status === 429 ? 'RATE_LIMITED' : 'SERVICE_UNAVAILABLE';
}
