import { type DocumentNode, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.ts';
import { AppError, BadUserInputError, MAXIMUM_FIELD_NAME } from '../core/errors.ts';
import { type DocumentShape, shapeOf } from './document-shape.ts';
import { MAXIMUM_RECURSIVE_SELECTIONS } from './errors.ts';
import { type Cost, countSelection, evaluate } from './operation-cost.ts';

/** Room for the longest description as a literal. Comments are no tokens, and a megabyte of them takes long to skip. */
const MAXIMUM_CHARACTERS = 100_000;
/** Several fragments may ask for one field; but validation compares all that meet at one place, each with each. */
const MAXIMUM_REPEATS = 250;
/** Types within types within types: the questions that tools ask come to 15. graphql-js itself ends those that multiply. */
const MAXIMUM_INTROSPECTION_DEPTH = 20;

const MAXIMUM_REMEMBERED = 2000;
const MAXIMUM_REMEMBERED_CHARACTERS = 4_000_000;

export type DocumentLimits = Config['documentLimits'];

/** The costs of a document's operations by name; `undefined` where one operation needs none. */
type OperationCosts = ReadonlyMap<string | undefined, Cost>;

/** What is remembered of a document: its costs, or why it is refused. */
type Verdict = OperationCosts | AppError;

export interface DocumentGuard {
  /**
   * The cost of the operation with these variables; 0 for what Apollo Server will refuse.
   * @throws AppError QUERY_TOO_COMPLEX over a limit, the same one each time
   */
  cost(text: string, operationName: unknown, variables: unknown): number;
  /** Whether this document costs no more than a look-up: it was executed before, or is known to be refused. */
  isProven(text: string): boolean;
  /** To be told of every document that was executed. */
  prove(text: string): void;
  /** @throws AppError QUERY_TOO_COMPLEX for a cost over the limit, of one operation or of a batch */
  assertCost(cost: number): void;
}

/**
 * Judges documents before Apollo Server sees them. The rules of graphql-armor were considered: they run within the
 * validation that they should protect, whose comparing of fields grows with the square of the document, and they count
 * page sizes that are literals only. Here a document is judged once; a request with a known one costs a look-up.
 */
export function createDocumentGuard(schema: GraphQLSchema, limits: DocumentLimits): DocumentGuard {
  const verdicts = new LRUCache<string, Verdict>({
    max: MAXIMUM_REMEMBERED,
    maxSize: MAXIMUM_REMEMBERED_CHARACTERS,
    sizeCalculation: (_verdict, text) => text.length + 1,
  });
  /** What validation refuses is validated anew each time, so that having judged a document is not enough. */
  const executed = new WeakSet<OperationCosts>();

  function judge(text: string): Verdict {
    try {
      const document = parsed(text, limits.tokens);
      return document ? costsOf(schema, limited(shapeOf(document), limits)) : new Map();
    } catch (error) {
      if (error instanceof AppError) return error;
      if (error instanceof RangeError) return new AppError('QUERY_TOO_COMPLEX', 'The document is nested too deeply');
      throw error;
    }
  }

  function verdictOn(text: string): Verdict {
    // A text that is too long is not worth remembering.
    if (text.length > MAXIMUM_CHARACTERS) return tooMuch('characters', MAXIMUM_CHARACTERS, text.length);
    const known = verdicts.get(text);
    if (known) return known;
    const verdict = judge(text);
    verdicts.set(text, verdict);
    return verdict;
  }

  function assertCost(cost: number): void {
    if (cost <= limits.cost) return;
    const message = `The request asks for more than ${limits.cost} fields, lists counted by their page size`;
    throw new AppError('QUERY_TOO_COMPLEX', message, { limit: limits.cost, value: cost });
  }

  return {
    assertCost,
    isProven(text) {
      const verdict = verdicts.get(text);
      return verdict !== undefined && (verdict instanceof AppError || executed.has(verdict));
    },
    prove(text) {
      const verdict = verdicts.get(text);
      if (verdict instanceof Map) executed.add(verdict);
    },
    cost(text, operationName, variables) {
      const verdict = verdictOn(text);
      if (verdict instanceof AppError) throw verdict;
      const operation = verdict.get(typeof operationName === 'string' ? operationName : undefined);
      if (!operation) return 0;
      const cost = evaluate(operation, isRecord(variables) ? variables : {});
      assertCost(cost);
      return cost;
    },
  };
}

/** Undefined for what is no document: Apollo Server says why. */
function parsed(text: string, maxTokens: number): DocumentNode | undefined {
  try {
    return parse(text, { maxTokens, noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    // graphql-js has no other sign of it. It stops there, so nobody knows how many more there are.
    if (/more tha[nt] \d+ tokens/.test(error.message)) throw tooMuch('tokens', maxTokens, maxTokens + 1);
    return undefined;
  }
}

function limited(shape: DocumentShape, limits: DocumentLimits): DocumentShape {
  if (shape.endless !== undefined) {
    throw new BadUserInputError([], `The fragment ${shape.endless.slice(0, MAXIMUM_FIELD_NAME)} holds itself`);
  }
  assertAtMost('levels of fields', limits.depth, shape.depth);
  assertAtMost('levels of introspection', MAXIMUM_INTROSPECTION_DEPTH, shape.introspectionDepth);
  assertAtMost('aliases', limits.aliases, shape.aliases);
  assertAtMost('directives', limits.directives, shape.directives);
  assertAtMost('selections after its fragments are spread', MAXIMUM_RECURSIVE_SELECTIONS, shape.selections);
  return shape;
}

function costsOf(schema: GraphQLSchema, shape: DocumentShape): OperationCosts {
  const costs = new Map<string | undefined, Cost>();
  let repeats = 0;
  for (const operation of shape.operations) {
    const type = schema.getRootType(operation.operation);
    if (!type) throw new BadUserInputError([], `There is no ${operation.operation} in this schema`);
    const counted = countSelection(schema, shape, { type, selectionSet: operation.selectionSet, operation });
    repeats += counted.repeats;
    costs.set(operation.name?.value, counted.cost);
    if (shape.operations.length === 1) costs.set(undefined, counted.cost);
  }
  for (const { selectionSet, typeCondition } of shape.strays) {
    repeats += countSelection(schema, shape, { type: schema.getType(typeCondition.name.value), selectionSet }).repeats;
  }
  assertAtMost('fields that are there already', MAXIMUM_REPEATS, repeats);
  return costs;
}

function assertAtMost(what: string, limit: number, value: number): void {
  if (value > limit) throw tooMuch(what, limit, value);
}

function tooMuch(what: string, limit: number, value: number): AppError {
  return new AppError('QUERY_TOO_COMPLEX', `The document has more than ${limit} ${what}`, { limit, value });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
