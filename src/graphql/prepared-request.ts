import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { CacheCounts } from '../core/cache-counts.ts';
import type { CompiledExecutor, PreparedOperation } from './compiled-executor.ts';
import { operationOfSearch } from './operation-request.ts';

/** Values of the Accept header whose answer is remembered, and their characters. */
const MAXIMUM_ACCEPTS = 100;
const MAXIMUM_ACCEPT_LENGTH = 200;
const TYPES_OF_NO_BODY = new Set([undefined, 'application/json']);

/** What an operation needs to be executed without Apollo Server. */
export interface PreparedRequest {
  readonly operation: PreparedOperation;
  readonly variables: Readonly<Record<string, unknown>>;
  /** of the answer */
  readonly contentType: string;
  readonly isGet: boolean;
}

/** Body of a POST or query of a GET, as admission let it pass. */
export interface AdmittedRequest {
  readonly body: unknown;
  readonly search: string;
}

/** Recognises requests for operations that Apollo Server has executed before, in the form that all clients send. */
export interface PreparedRequests {
  /** how often a request needed nothing but its compiled operation */
  readonly counts: Readonly<CacheCounts>;
  find(request: IncomingMessage, admitted: AdmittedRequest): PreparedRequest | undefined;
  /** To be told which media type Apollo Server chose for the answer to a single operation. */
  learn(request: IncomingMessage, contentType: string | undefined): void;
}

export function createPreparedRequests(prepared: CompiledExecutor['prepared']): PreparedRequests {
  const contentTypes = new LRUCache<string, string>({ max: MAXIMUM_ACCEPTS });

  const counts: CacheCounts = { hits: 0, misses: 0 };

  function find({ method, headers }: IncomingMessage, { body, search }: AdmittedRequest): PreparedRequest | undefined {
    const contentType = contentTypes.get(headers.accept ?? '');
    if (contentType === undefined) return undefined;
    const isGet = method === 'GET';
    // Apollo Client names a type for the body that a GET has not; what else may stand there Apollo Server judges.
    if (isGet ? !TYPES_OF_NO_BODY.has(headers['content-type']) : method !== 'POST') return undefined;
    const sent = isGet ? operationOfSearch(search) : body;
    if (!isPlain(sent)) return undefined;
    const operation = prepared(sent.query, sent.operationName ?? undefined);
    if (!operation || (isGet && !operation.isQuery)) return undefined;
    return { operation, variables: sent.variables ?? {}, contentType, isGet };
  }

  return {
    counts,
    find(request, admitted) {
      const found = find(request, admitted);
      if (found) counts.hits += 1;
      else counts.misses += 1;
      return found;
    },
    learn({ headers: { accept = '' } }, contentType) {
      if (contentType !== undefined && accept.length <= MAXIMUM_ACCEPT_LENGTH) contentTypes.set(accept, contentType);
    },
  };
}

/** One operation in the usual form. Apollo Server says what is wrong with any other. */
interface PlainOperation {
  query: string;
  operationName?: string | null;
  variables?: Readonly<Record<string, unknown>> | null;
}

function isPlain(sent: unknown): sent is PlainOperation {
  if (!isRecord(sent)) return false;
  const { query, operationName, variables, extensions } = sent;
  return (
    typeof query === 'string' &&
    (operationName == null || (typeof operationName === 'string' && operationName !== '')) &&
    (variables == null || isRecord(variables)) &&
    (extensions == null || (isRecord(extensions) && extensions.persistedQuery === undefined))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
