import { AppError } from '../core/errors.ts';
import type { DocumentGuard } from './document-guard.ts';
import type { PersistedManifest } from './persisted-manifest.ts';

const NONE: readonly string[] = [];
const PARAMETERS = ['query', 'operationName', 'variables', 'extensions'];

export interface AdmissionOptions {
  guard: DocumentGuard;
  /** the document of a hash that a client sends alone */
  textOf: (hash: string) => string | undefined;
  /** accepts only these operations, where there is a list */
  manifest: PersistedManifest | undefined;
}

/** One operation as it came: nothing in it is what it should be until Apollo Server has looked. */
interface Operation {
  query?: unknown;
  operationName?: unknown;
  variables?: unknown;
  extensions?: unknown;
  documentId?: unknown;
}

/** Judges the operations of a request and puts documents in the place of their hashes. */
export interface Admission {
  /** The documents of a request's body that have yet to be parsed and validated. */
  newInBody(body: unknown): readonly string[];
  newInSearch(search: string): readonly string[];
  /** To be told of new documents that were executed. */
  prove(documents: readonly string[]): void;
  /** @throws AppError QUERY_TOO_COMPLEX or BAD_USER_INPUT; what is no operation is left to Apollo Server */
  ofBody(body: unknown): unknown;
  /** the same for the query of a URL with its question mark */
  ofSearch(search: string): string;
}

export function createAdmission({ guard, textOf, manifest }: AdmissionOptions): Admission {
  /** The document that a client names instead of sending it. */
  function named({ documentId, extensions }: Operation): string | undefined {
    const id = documentId ?? persistedHash(extensions);
    return typeof id === 'string' ? (manifest?.textOf ?? textOf)(id) : undefined;
  }

  function textOfOperation(operation: Operation): string | undefined {
    const { query } = operation;
    const text = query === undefined || query === null || query === '' ? named(operation) : query;
    if (manifest && !(typeof text === 'string' && manifest.has(text))) {
      throw new AppError('BAD_USER_INPUT', 'Only the operations that are registered with this server are accepted', {
        fields: [],
      });
    }
    return typeof text === 'string' ? text : undefined;
  }

  function admitted(operation: unknown): { operation: unknown; cost: number } {
    if (!isRecord(operation)) return { operation, cost: 0 };
    const text = textOfOperation(operation);
    if (text === undefined) return { operation, cost: 0 };
    const cost = guard.cost(text, operation.operationName, operation.variables);
    return { operation: text === operation.query ? operation : withText(operation, text), cost };
  }

  function newIn(operation: unknown): readonly string[] {
    // What is listed was validated when the server started.
    if (manifest || !isRecord(operation)) return NONE;
    const text = textOfOperation(operation);
    return text === undefined || guard.isProven(text) ? NONE : [text];
  }

  function ofBatch(batch: unknown[]): unknown[] {
    let total = 0;
    const operations = batch.map((member) => {
      const { operation, cost } = admitted(member);
      total += cost;
      return operation;
    });
    guard.assertCost(total);
    return operations;
  }

  return {
    ofBody: (body) => (Array.isArray(body) ? ofBatch(body) : admitted(body).operation),
    newInBody: (body) => (Array.isArray(body) ? body.flatMap(newIn) : newIn(body)),
    newInSearch: (search) => newIn(operationOf(new URLSearchParams(search))),
    prove(documents) {
      for (const text of documents) guard.prove(text);
    },
    ofSearch(search) {
      const parameters = new URLSearchParams(search);
      if (hasTwice(parameters)) return search;
      const sent = operationOf(parameters);
      const { operation } = admitted(sent);
      if (operation === sent) return search;
      parameters.set('query', (operation as { query: string }).query);
      parameters.delete('extensions');
      return `?${parameters}`;
    },
  };
}

/** The operation of a URL's query, if there is nothing wrong with its form. */
export function operationOfSearch(search: string): object | undefined {
  const parameters = new URLSearchParams(search);
  if (hasTwice(parameters)) return undefined;
  const operation = operationOf(parameters);
  const isWellFormed =
    parameters.has('variables') === (operation.variables !== undefined) &&
    parameters.has('extensions') === (operation.extensions !== undefined);
  return isWellFormed ? operation : undefined;
}

/** Apollo Server refuses parameters that come twice. */
function hasTwice(parameters: URLSearchParams): boolean {
  return PARAMETERS.some((name) => parameters.getAll(name).length > 1);
}

function operationOf(parameters: URLSearchParams): Operation {
  return {
    query: parameters.get('query') ?? undefined,
    operationName: parameters.get('operationName') ?? undefined,
    variables: jsonOf(parameters.get('variables')),
    extensions: jsonOf(parameters.get('extensions')),
    documentId: parameters.get('documentId') ?? undefined,
  };
}

/** The operation with its document, and nothing left of its hash for Apollo Server to look up. */
function withText(operation: Operation, query: string): Operation {
  return { ...operation, query, extensions: null };
}

function persistedHash(extensions: unknown): unknown {
  const persisted = isRecord(extensions) ? (extensions as { persistedQuery?: unknown }).persistedQuery : undefined;
  if (!isRecord(persisted)) return undefined;
  const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown };
  return version === 1 ? sha256Hash : undefined;
}

/** Undefined for what is no JSON: Apollo Server refuses that. */
function jsonOf(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
