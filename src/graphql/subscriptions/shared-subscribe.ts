import {
  BREAK,
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  visit,
} from 'graphql';

type Result = ExecutionResult | Promise<ExecutionResult>;
type Results = AsyncGenerator<ExecutionResult, void, void>;

/** Like that of graphql-js. */
export type Subscribe = (args: ExecutionArgs) => Promise<ExecutionResult | Results>;

/**
 * Executes each event once for all who follow it by the same document. One object that several are given is of one user,
 * and what a subscription shows of it depends on nothing else.
 */
export function createSharedSubscribe(): Subscribe {
  const isShared = new WeakMap<DocumentNode, boolean>();
  const results = new WeakMap<object, Map<DocumentNode, Result>>();

  function isSameForAll(document: DocumentNode): boolean {
    const known = isShared.get(document);
    if (known !== undefined) return known;
    const operations = document.definitions.filter(({ kind }) => kind === 'OperationDefinition');
    const isSame = operations.length === 1 && !dependsOnVariables(document);
    isShared.set(document, isSame);
    return isSame;
  }

  function sharedResult(args: ExecutionArgs, event: object): Result {
    const byDocument = results.get(event) ?? new Map<DocumentNode, Result>();
    const result = byDocument.get(args.document) ?? execute(ofEvent(args, event));
    results.set(event, byDocument.set(args.document, result));
    return result;
  }

  return async (args) => {
    const events = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in events)) return events;
    const resultOf = isSameForAll(args.document)
      ? (event: unknown) => sharedResult(args, event as object)
      : (event: unknown) => execute(ofEvent(args, event));
    return executed(events[Symbol.asyncIterator](), resultOf);
  };
}

/** With a context of its own: what is loaded for one event must not be taken for what there is at the next. */
function ofEvent({ contextValue, ...args }: ExecutionArgs, event: unknown): ExecutionArgs {
  return { ...args, contextValue: { ...(contextValue as object) }, rootValue: event };
}

/** Whether anything does but `since`, which only says where to begin. */
function dependsOnVariables(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    VariableDefinition: () => false,
    Argument: ({ name }) => (name.value === 'since' ? false : undefined),
    Variable() {
      found = true;
      return BREAK;
    },
  });
  return found;
}

/** No generator, since that would not return before the next event. */
function executed(events: AsyncIterator<unknown>, resultOf: (event: unknown) => Result): Results {
  const ended: IteratorResult<ExecutionResult, void> = { done: true, value: undefined };
  return {
    async next() {
      const { done, value } = await events.next();
      return done === true ? ended : { done: false, value: await resultOf(value) };
    },
    async return() {
      await events.return?.();
      return ended;
    },
    async throw(error) {
      await events.return?.();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await events.return?.();
    },
  };
}
