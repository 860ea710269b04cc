import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { expect } from '@jest/globals';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { createCompiledExecutor, type UncompilableListener } from '../../../src/graphql/compiled-executor.ts';

export const schema = executable(`
  type Query {
    hello(name: String = "world"): String!
    echo(input: Input, list: [Int!], color: Color = RED, flag: Boolean, id: ID, ratio: Float): String
    item(id: ID!): Item
    items(first: Int = 2): [Item!]!
    holey: [Item]
    fails: String
    failsHard: Item!
    failsLater: String
    search: [Result!]!
    node: Node
    color: Color!
    context: String
  }
  type Mutation { add(by: Int!): Int!, refuse: Int! }
  enum Color { RED GREEN }
  input Input { text: String!, size: Int = 3, more: [Input!], color: Color }
  interface Node { id: ID! }
  type Item implements Node { id: ID!, name(loud: Boolean = false): String!, parent: Item, broken: String!, soft: String, tags: [String!]! }
  type Other implements Node { id: ID!, other: Int }
  union Result = Item | Other
`);

/** The schema with resolvers that need nothing but their arguments. */
function executable(sdl: string): GraphQLSchema {
  const built = buildSchema(sdl);
  const item = (id: unknown) => ({ __typename: 'Item', id: String(id) });
  const fail = (message: string) => () => {
    throw new Error(message);
  };
  let sum = 0;
  const resolvers: Record<
    string,
    Record<string, (args: Record<string, unknown>, context: unknown, id: string) => unknown>
  > = {
    Query: {
      hello: ({ name }) => `hello ${name}`,
      echo: (args) => JSON.stringify(Object.entries(args).sort(([a], [b]) => a.localeCompare(b))),
      item: ({ id }) => (id === 'none' ? null : item(id)),
      items: async ({ first }) => Array.from({ length: Number(first) }, (_, index) => item(index + 1)),
      holey: () => [item('1'), null, item('2'), new Error('hole')],
      fails: fail('fails'),
      failsHard: () => null,
      failsLater: async () => fail('fails later')(),
      search: () => [item('1'), { __typename: 'Other', id: 'o', other: 7 }],
      node: () => item('5'),
      color: () => 'BLUE',
      context: (_args, context) => String((context as { name: string } | undefined)?.name),
    },
    // graphql-jit, unlike graphql-js, does not call a method that a source has in the place of a field.
    Item: {
      name: ({ loud }, _context, id) => (loud ? `ITEM ${id}` : `item ${id}`),
      parent: (_args, _context, id) => (id === '1' ? null : item(1)),
      broken: (_args, _context, id) => fail(`broken ${id}`)(),
      soft: async (_args, _context, id) => fail(`soft ${id}`)(),
      tags: (_args, _context, id) => ['a', id],
    },
    Mutation: {
      refuse: async () => fail('refused')(),
      add: ({ by }) => {
        sum += Number(by);
        return sum;
      },
    },
  };
  for (const [typeName, fields] of Object.entries(resolvers)) {
    for (const [name, field] of Object.entries((built.getType(typeName) as GraphQLObjectType).getFields())) {
      const resolver = fields[name];
      if (resolver)
        field.resolve = (source, args, context) =>
          resolver(args, context, (source as { id: string } | undefined)?.id ?? '');
    }
  }
  for (const type of Object.values(built.getTypeMap())) {
    if (!isObjectType(type) || typeName(type) || type.name.startsWith('__')) continue;
    type.isTypeOf = (value) => (value as { __typename?: string }).__typename === type.name;
  }
  return built;
}

function typeName(type: GraphQLObjectType): boolean {
  return type.name === 'Query' || type.name === 'Mutation';
}

export interface Call {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

type Executor = (call: Call, context?: unknown) => Promise<ExecutionResult>;

export function executorFor(listener: UncompilableListener = () => {}): Executor {
  const { execute: executeCompiled } = createCompiledExecutor(schema, listener);
  return async ({ query, variables, operationName }, context) => {
    const request = { query, variables, operationName };
    const options = { request, context, document: parse(query), source: query };
    return (await executeCompiled(options as unknown as Parameters<GatewayExecutor>[0])) as ExecutionResult;
  };
}

/** As a client sees it; fields that failed are in no order. */
export function visible({ data, errors }: ExecutionResult, locations: boolean): unknown {
  const shown = errors?.map(({ message, path, ...error }) =>
    JSON.stringify({ message, path, ...(locations ? { locations: error.locations } : {}) }),
  );
  return JSON.parse(JSON.stringify({ data, errors: shown?.sort() }));
}

export async function byGraphQL(
  { query, variables, operationName }: Call,
  context?: unknown,
): Promise<ExecutionResult> {
  const document: DocumentNode = parse(query);
  expect(validate(schema, document)).toEqual([]);
  return execute({
    schema,
    document,
    variableValues: variables ?? null,
    operationName: operationName ?? null,
    contextValue: context,
  });
}
