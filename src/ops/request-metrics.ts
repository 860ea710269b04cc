import { Counter, Histogram, type Registry } from 'prom-client';
import { ERROR_STATUS, type ErrorCode } from '../core/errors.ts';
import { LIMIT_NAMES } from '../core/rate-limits.ts';
import type { Failure, RequestRecord } from '../core/request-record.ts';

/**
 * Upper bounds in seconds: a cached read takes one or two milliseconds, a revocation up to a second. 0.2 and 0.5 are what
 * requirements ask of REST and GraphQL, so that the share of slower requests is exact.
 */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10];
/** Clients choose the names of operations: of more than these only the sum is shown, as `other`. */
const MAXIMUM_OPERATIONS = 100;
const APIS = ['graphql', 'rest'];
const CODES = Object.keys(ERROR_STATUS) as ErrorCode[];
/** Why authentication fails; what is not here is shown all the same, but only from the first time on. */
const REASONS = [
  'missing_token',
  'invalid_request',
  'invalid_token',
  'expired_token',
  'revoked_token',
  'deleted_account',
];
/** Better Auth refuses in its own way and names no limit. */
const UNNAMED_LIMIT = 'embedded_auth';

/** Hears of one request that has ended. Paths hold ids, so only the API that they belong to becomes a label. */
export type ObserveRequest = (path: string, status: number, seconds: number, record: RequestRecord) => void;

interface Child {
  observe(seconds: number): void;
}

/** Hears of why a WebSocket, or something on it, was refused: it is no request, and its place in the metrics is that of reasons only. */
export type ObserveRefusal = (failure: Failure) => void;

/** What is counted of requests, from what their records say, and of refusals on WebSockets. */
export function createRequestMetrics(registry: Registry): {
  readonly observeRequest: ObserveRequest;
  readonly observeRefusal: ObserveRefusal;
} {
  const registers = [registry];
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer, by API and status.',
    labelNames: ['api', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const operations = new Histogram({
    name: 'operation_duration_seconds',
    help: 'The same by operation: the name of a GraphQL operation, or the operationId of a route.',
    labelNames: ['api', 'operation'],
    buckets: BUCKETS,
    registers,
  });
  const errors = new Counter({
    name: 'request_errors_total',
    help: 'Requests that were answered with an error, by its code; the gravest of several counts.',
    labelNames: ['api', 'code'],
    registers,
  });
  const operationErrors = new Counter({
    name: 'operation_errors_total',
    help: 'The same by operation; none for requests that were refused before it was known.',
    labelNames: ['api', 'operation', 'code'],
    registers,
  });
  const unauthenticated = new Counter({
    name: 'authentication_failures_total',
    help: 'Requests and WebSockets without a good token, by what was wrong with it.',
    labelNames: ['reason'],
    registers,
  });
  const limited = new Counter({
    name: 'rate_limit_hits_total',
    help: 'Requests, WebSockets and subscriptions that were refused by a rate limit, by its name.',
    labelNames: ['limit'],
    registers,
  });
  // A series that begins with its first error shows no increase by it.
  for (const api of APIS) for (const code of CODES) errors.inc({ api, code }, 0);
  for (const reason of REASONS) unauthenticated.inc({ reason }, 0);
  for (const limit of LIMIT_NAMES) limited.inc({ limit }, 0);

  /** Looking labels up costs more than observing. */
  const ofStatus = new Map<string, Child>();
  const ofOperation = new Map(APIS.map((api) => [api, new Map<string, Child>()]));

  function observeStatus(api: string, status: number, seconds: number): void {
    const key = `${api} ${status}`;
    let child = ofStatus.get(key);
    if (!child) {
      child = requests.labels(api, String(status));
      ofStatus.set(key, child);
    }
    child.observe(seconds);
  }

  /** The name under which the operation is shown. */
  function observeOperation(api: string, operation: string, seconds: number): string {
    const known = ofOperation.get(api);
    let child = known?.get(operation);
    if (!known || (!child && known.size >= MAXIMUM_OPERATIONS)) {
      operations.observe({ api, operation: 'other' }, seconds);
      return 'other';
    }
    if (!child) {
      child = operations.labels(api, operation);
      known.set(operation, child);
    }
    child.observe(seconds);
    return operation;
  }

  function countFailure(api: string, operation: string, failure: Failure): void {
    errors.inc({ api, code: failure.code });
    operationErrors.inc({ api, operation, code: failure.code });
    observeRefusal(failure);
  }

  function observeRefusal({ code, detail }: Failure): void {
    if (code === 'UNAUTHENTICATED') unauthenticated.inc({ reason: detail ?? 'invalid_token' });
    if (code === 'RATE_LIMITED') limited.inc({ limit: detail ?? UNNAMED_LIMIT });
  }

  return {
    observeRefusal,
    observeRequest(path, status, seconds, { operation, failure }) {
      const api = apiOf(path);
      observeStatus(api, status, seconds);
      const shown = operation === undefined ? 'none' : observeOperation(api, operation, seconds);
      const told = failure ?? failureOfStatus(status);
      if (told && api !== 'other') countFailure(api, shown, told);
    },
  };
}

/** What nobody has told of, but the status says. */
function failureOfStatus(status: number): Failure | undefined {
  if (status < 500) return undefined;
  return { code: status === 503 ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR' };
}

function apiOf(path: string): string {
  if (path.startsWith('/graphql')) return 'graphql';
  return path.startsWith('/api/') ? 'rest' : 'other';
}
