import { OptimisticLockError } from '@mikro-orm/core';
import { AppError, ConflictError, ServiceUnavailableError, UnauthenticatedError } from '../core/errors.ts';

/** The fields of a PostgreSQL error (and of MikroORM's wrappers, which copy them) that decide what it means. */
interface ErrorFields {
  code?: unknown;
  constraint?: unknown;
  message?: unknown;
  cause?: unknown;
}

/** What a violated constraint says to a client. A constraint that is not here is a bug, and answered as one. */
const CONSTRAINT_ERRORS: Record<string, (cause: unknown) => AppError> = {
  tasks_pkey: () => new ConflictError('This id is already in use'),
  idempotency_keys_pkey: () => new ConflictError('This idempotency key is in use'),
  tasks_user_id_fkey: (cause) => accountGone(cause),
  tasks_title_length: (cause) => badValue('The title has a wrong length', cause),
  tasks_description_length: (cause) => badValue('The description is too long', cause),
  tasks_list_id_fkey: (cause) => badField('listId', 'there is no such list', cause),
  tasks_parent_id_fkey: (cause) => badField('parentId', 'there is no such task', cause),
  tasks_parent_id_cycle: (cause) => badField('parentId', 'would make the task a part of itself', cause),
  tasks_parent_id_depth: (cause) => badField('parentId', 'would make more than 5 levels', cause),
  task_tags_tag_id_fkey: (cause) => badField('tagIds', 'there is no such tag', cause),
  tasks_tag_ids_count: (cause) => badField('tagIds', 'must have at most 50 tags', cause),
  tags_pkey: () => new ConflictError('This id is already in use'),
  lists_pkey: () => new ConflictError('This id is already in use'),
  tags_name_key: () => new ConflictError('There is a tag of this name'),
  lists_name_key: () => new ConflictError('There is a list of this name'),
  tags_limit: (cause) => badValue('There may be at most 500 tags', cause),
  lists_limit: (cause) => badValue('There may be at most 500 lists', cause),
  tags_user_id_fkey: (cause) => accountGone(cause),
  lists_user_id_fkey: (cause) => accountGone(cause),
};

/** Values that PostgreSQL refuses: too long, out of range, malformed text, not in the encoding (SQLSTATE class 22). */
const BAD_VALUE = new Set(['22001', '22003', '22007', '22008', '22021', '22023', '22P02', '22P05']);
/** PostgreSQL or its pooler is away, full, shutting down, or gave up a statement. */
const UNAVAILABLE_STATES = new Set(['57014', '57P01', '57P02', '57P03', '57P05', '53300', '53400', '25006', '08P01']);
const UNAVAILABLE_SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** Errors of node-postgres that carry no code. */
const UNAVAILABLE_MESSAGES =
  /^(timeout exceeded when trying to connect|timeout expired$|Connection terminated|Client has encountered a connection error|Query read timeout|Cannot use a pool after calling end)/;
/** Serialization failure and deadlock. */
const UNDONE_STATES = new Set(['40001', '40P01']);
/** Insufficient privilege; row-level security too. */
const NO_RIGHT = '42501';
/** Nobody accepted the connection: nobody listens, PostgreSQL starts or stops, it has no connection left. */
const UNREACHED = new Set(['ECONNREFUSED', '57P03', '53300']);
/** The connection ended: by its administrator, with a crash, or on its way. */
const LOST = new Set(['57P01', '57P02', '08003', '08006', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
const LOST_MESSAGES = /^(Connection terminated( unexpectedly)?$|Client has encountered a connection error)/;

/**
 * What a failure says of the statement or transaction that ended in it:
 *
 * - `undone`: PostgreSQL took it back, for it stood in the way of another one.
 * - `unreached`: there was no connection for it, so that nothing of it was done.
 * - `lost`: its connection ended; whether it was done is not known.
 * - `final`: another try would end the same, or cost what there is too little of.
 */
export type Failure = 'undone' | 'unreached' | 'lost' | 'final';

export function failureOf(error: unknown): Failure {
  const { code, message } = fieldsOf(originOf(error));
  if (typeof code === 'string') {
    if (UNDONE_STATES.has(code)) return 'undone';
    if (UNREACHED.has(code)) return 'unreached';
    return LOST.has(code) ? 'lost' : 'final';
  }
  return typeof message === 'string' && LOST_MESSAGES.test(message) ? 'lost' : 'final';
}

/** What kind of fault an error of the database is; `other` are those that are answered as bugs. */
export const DATABASE_FAULTS = [
  'constraint',
  'value',
  'policy',
  'serialization',
  'timeout',
  'unavailable',
  'other',
] as const;
export type DatabaseFault = (typeof DATABASE_FAULTS)[number];

/** `undefined` for what is no error of the database. */
export function faultOf(error: unknown): DatabaseFault | undefined {
  if (error instanceof OptimisticLockError || isRefusedByQueue(error)) return undefined;
  const { code, message } = fieldsOf(originOf(error));
  if (typeof message === 'string' && UNAVAILABLE_MESSAGES.test(message)) return 'unavailable';
  if (typeof code !== 'string') return undefined;
  if (code.startsWith('23')) return 'constraint';
  if (BAD_VALUE.has(code)) return 'value';
  if (code === NO_RIGHT) return 'policy';
  if (UNDONE_STATES.has(code)) return 'serialization';
  if (code === '57014') return 'timeout';
  return UNAVAILABLE_STATES.has(code) || UNAVAILABLE_SYSTEM.has(code) || code.startsWith('08')
    ? 'unavailable'
    : 'other';
}

/**
 * The one place where database errors become domain errors. Returns what it does not know unchanged: an unknown error
 * is a bug, masked by the transport and logged whole.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof AppError || error instanceof OptimisticLockError) return error;
  if (isRefusedByQueue(error)) return new ServiceUnavailableError((error as Error).message, 1, error);
  const { constraint } = fieldsOf(error);
  if (typeof constraint === 'string' && Object.hasOwn(CONSTRAINT_ERRORS, constraint)) {
    return CONSTRAINT_ERRORS[constraint]?.(error);
  }
  switch (faultOf(error)) {
    case 'value':
      return badValue('A value cannot be stored', error);
    case 'policy':
      return new AppError('FORBIDDEN', 'The database refused this', {}, error);
    case 'serialization':
    case 'timeout':
    case 'unavailable':
      return unavailable(error);
    default:
      return error;
  }
}

/** What was translated within a transaction leaves it as its translation. */
function originOf(error: unknown): unknown {
  return error instanceof AppError ? error.cause : error;
}

/** MikroORM wraps what its driver throws, our own queue's refusal too, and copies its fields. */
function isRefusedByQueue(error: unknown): boolean {
  return !(error instanceof AppError) && fieldsOf(error).code === 'SERVICE_UNAVAILABLE';
}

/** Whether a pooler does not know an option with which every connection begins: a mistake in the settings. */
export function isRefusedOption(error: unknown): boolean {
  const { code, message } = fieldsOf(error);
  return code === '08P01' && /startup parameter/.test(String(message));
}

/** What PostgreSQL says of a right that the role has not, for whoever looks after the server: clients are not told. */
export function missingRight(error: unknown): string | undefined {
  const { code, message, cause } = fieldsOf(error);
  const deeper = cause === undefined ? undefined : missingRight(cause);
  return deeper ?? (code === NO_RIGHT ? String(message) : undefined);
}

/** Whether the database is away for now. What somebody has to put right, a password for one, is no outage. */
export function isOutage(error: unknown): boolean {
  return !isRefusedOption(error) && translateDatabaseError(error) instanceof ServiceUnavailableError;
}

function fieldsOf(error: unknown): ErrorFields {
  return typeof error === 'object' && error !== null ? error : {};
}

function badValue(message: string, cause: unknown): AppError {
  return new AppError('BAD_USER_INPUT', message, { fields: [] }, cause);
}

function badField(field: string, message: string, cause: unknown): AppError {
  return new AppError('BAD_USER_INPUT', `${field}: ${message}`, { fields: [{ field, message }] }, cause);
}

function accountGone(cause: unknown): AppError {
  return new UnauthenticatedError('invalid_token', 'The account does not exist', cause);
}

function unavailable(cause: unknown): AppError {
  return new ServiceUnavailableError('The database is not available, try again shortly', 1, cause);
}
