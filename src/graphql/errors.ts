import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError, type ErrorCode, type ErrorDetails } from '../core/errors.ts';
import { MASKED_MESSAGE } from '../http/failed-request.ts';

/** More selections than this after fragments are spread, and a document is refused: 24 doubling fragments would take all memory. */
export const MAXIMUM_RECURSIVE_SELECTIONS = 1000;
/** Characters of what graphql-js says of a request. */
const MAXIMUM_MESSAGE = 1000;

/** What a client sees as `extensions` of an error. */
export interface ErrorExtensions extends ErrorDetails {
  code: ErrorCode;
  requestId?: unknown;
}

/** The domain error behind an error of an operation, if it is one. */
export function appErrorOf(error: unknown): AppError | undefined {
  // Not unwrapResolverError of Apollo Server, which leaves errors without a path as they are: those of subscriptions have none.
  const original = error instanceof GraphQLError && error.originalError ? error.originalError : error;
  return original instanceof AppError ? original : undefined;
}

/** An error as graphql-js wraps what resolvers throw, for what is thrown beside them. */
export function asGraphQLError(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}

/**
 * Whether nobody expected this: to be logged whole and masked. What graphql-js and Apollo Server say of a document,
 * its variables and arguments is a GraphQLError with no other error behind it; whatever a resolver throws is behind one.
 */
export function isUnexpected(error: unknown): boolean {
  const known = appErrorOf(error);
  if (known) return known.code === 'INTERNAL_SERVER_ERROR';
  if (!(error instanceof GraphQLError) || error.extensions.code === 'INTERNAL_SERVER_ERROR') return true;
  if (error.message.startsWith('Cannot return null for non-nullable field')) return true;
  return error.originalError != null && !(error.originalError instanceof GraphQLError);
}

/**
 * The one mapping of errors to GraphQL. Only what a domain error says and what graphql-js says of a document reaches
 * the client; anything else becomes a generic message. The request id was put into the extensions before.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const requestId = formatted.extensions?.requestId;
  const place = {
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
  };
  const known = appErrorOf(error);
  if (known && !isUnexpected(error)) {
    return { message: known.message, ...place, extensions: extensionsOf(known, requestId) };
  }
  if (isUnexpected(error)) {
    return { message: MASKED_MESSAGE, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } };
  }
  const { code, message, limit } = refusalOf(formatted);
  const details = limit === undefined ? { fields: [] } : { limit };
  return { message, ...place, extensions: { code, requestId, ...details } };
}

/** The same for a schema that is not shown: graphql-js proposes a selection even where it is told to propose nothing. */
export function formatErrorWithoutSuggestion(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const told = formatError(formatted, error);
  return { ...told, message: told.message.replace(/ Did you mean .*\?$/s, '') };
}

/** The body of an answer to a request that never became an operation. */
export function errorBody(error: AppError, requestId: string): string {
  return JSON.stringify({ errors: [{ message: error.message, extensions: extensionsOf(error, requestId) }] });
}

function extensionsOf(error: AppError, requestId: unknown): Record<string, unknown> {
  const extensions: ErrorExtensions = { code: error.code, requestId, ...error.details };
  return { ...extensions };
}

interface Refusal {
  code: ErrorCode;
  message: string;
  limit?: number;
}

/** What graphql-js and Apollo Server say of a request, where it is not said as this API says it. */
function refusalOf({ message, extensions }: GraphQLFormattedError): Refusal {
  const tokens = /^Syntax Error: Document contains more that (\d+) tokens/.exec(message)?.[1];
  if (tokens) {
    return { code: 'QUERY_TOO_COMPLEX', message: `The document has more than ${tokens} tokens`, limit: Number(tokens) };
  }
  if (message === 'Maximum call stack size exceeded') {
    return { code: 'QUERY_TOO_COMPLEX', message: 'The document is nested too deeply' };
  }
  switch (extensions?.validationErrorCode ?? extensions?.code) {
    case 'MAX_RECURSIVE_SELECTIONS_EXCEEDED':
      return {
        code: 'QUERY_TOO_COMPLEX',
        message: 'The document selects too much',
        limit: MAXIMUM_RECURSIVE_SELECTIONS,
      };
    case 'INTROSPECTION_DISABLED':
      return { code: 'BAD_USER_INPUT', message: 'Introspection is switched off' };
    default:
      // Apollo Server's words about a request that is none name the product and its options.
      return {
        code: 'BAD_USER_INPUT',
        message:
          /apollo|graphql-js/i.test(message) && extensions?.code === 'BAD_REQUEST'
            ? 'This is no GraphQL request over HTTP'
            : shortened(message),
      };
  }
}

/** graphql-js prints the value that is wrong, however large; what is wrong with it stands at the end. */
function shortened(message: string): string {
  const half = MAXIMUM_MESSAGE / 2;
  return message.length <= MAXIMUM_MESSAGE ? message : `${message.slice(0, half)} … ${message.slice(-half)}`;
}
