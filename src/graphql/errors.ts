import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError, type ErrorCode, type ErrorDetails } from '../core/errors.ts';

const MASKED_MESSAGE = 'An unexpected error occurred';

/** What a client sees as `extensions` of an error. */
export interface ErrorExtensions extends ErrorDetails {
  code: ErrorCode;
  requestId?: unknown;
}

/** The domain error behind an error of an operation, if it is one. */
export function appErrorOf(error: unknown): AppError | undefined {
  const original = unwrapResolverError(error);
  return original instanceof AppError ? original : undefined;
}

/**
 * Whether nobody expected this: to be logged whole and masked. What graphql-js and Apollo Server say of a document or
 * its variables comes before execution and so without a path; whatever a resolver throws has one.
 */
export function isUnexpected(error: unknown): boolean {
  const known = appErrorOf(error);
  if (known) return known.code === 'INTERNAL_SERVER_ERROR';
  if (!(error instanceof GraphQLError) || error.path !== undefined) return true;
  if (error.extensions.code === 'INTERNAL_SERVER_ERROR') return true;
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
  return { message: formatted.message, ...place, extensions: { code: 'BAD_USER_INPUT', requestId, fields: [] } };
}

/** The body of an answer to a request that never became an operation. */
export function errorBody(error: AppError, requestId: string): string {
  return JSON.stringify({ errors: [{ message: error.message, extensions: extensionsOf(error, requestId) }] });
}

function extensionsOf(error: AppError, requestId: unknown): Record<string, unknown> {
  const extensions: ErrorExtensions = { code: error.code, requestId, ...error.details };
  return { ...extensions };
}
