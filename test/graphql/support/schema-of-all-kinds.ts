import { buildSchema, GraphQLError, type GraphQLObjectType } from 'graphql';

/** A schema with every kind of type, and resolvers that fail in every way, each answer being told by its arguments. */
export const schema = buildSchema(`
  type Query {
    text(value: String = "default", list: [String!], deep: Deep, choice: Choice = FIRST): String
    number(value: Int!): Int!
    flag(value: Boolean): Boolean
    node(kind: String!): Node
    nodes: [Node!]!
    things: [Thing]
    strict: [Item!]!
    loose: [Item]!
    item(id: ID): Item
    fails: String
    failsStrictly: Item!
  }
  type Mutation { add(amount: Int! = 1): Int!  fail: Int }
  interface Node { id: ID! }
  type Item implements Node { id: ID!  name: String!  broken: String!  soft: String  children: [Item!]  parent: Item }
  type Note implements Node { id: ID!  body: String }
  union Thing = Item | Note
  enum Choice { FIRST SECOND }
  input Deep { text: String = "inner", more: Deep, list: [Deep!], choice: Choice, number: Int! = 7 }
`);

interface ItemSource {
  __typename: string;
  id: string;
  name: string | null;
  depth: number;
}

const item = (id: string, depth = 0): ItemSource => ({ __typename: 'Item', id, name: `Item ${id}`, depth });

const itemFields: Record<string, (source: ItemSource) => unknown> = {
  soft({ id }) {
    throw new Error(`soft ${id}`);
  },
  broken: ({ id }) => Promise.reject(new GraphQLError(`broken ${id}`, { extensions: { code: 'BROKEN' } })),
  children: ({ id, depth }) => (depth < 3 ? [item(`${id}.1`, depth + 1), item(`${id}.2`, depth + 1)] : null),
};
for (const [name, resolve] of Object.entries(itemFields)) {
  (schema.getType('Item') as GraphQLObjectType).getFields()[name]!.resolve = resolve;
}

/** Nobody relies on the order of an input's fields. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, inOrder(part)]),
  );
}

let sum = 0;

/** `add` counts from here. */
export function startSum(): void {
  sum = 0;
}
const root: Record<string, unknown> = {
  text: (args: object) => JSON.stringify(inOrder(args)),
  number: ({ value }: { value: number }) => (value === 13 ? null : value),
  flag: ({ value }: { value?: boolean }) => value,
  node: ({ kind }: { kind: string }) => ({ __typename: kind, id: kind, body: 'Body', name: 'Name' }),
  nodes: () => [item('a'), { __typename: 'Note', id: 'n', body: null }],
  things: () => [{ __typename: 'Note', id: 'n', body: 'b' }, null, item('b')],
  strict: () => [item('a'), null],
  loose: () => [item('a'), null, { ...item('b'), name: null }],
  item: ({ id }: { id?: string }) => (id === undefined ? null : item(id)),
  fails: () => {
    throw new Error('it failed');
  },
  failsStrictly: async () => {
    throw new Error('it failed strictly');
  },
  add: ({ amount }: { amount: number }) => {
    sum += amount;
    return sum;
  },
  fail: () => Promise.reject(new Error('no')),
};
for (const type of [schema.getQueryType()!, schema.getMutationType()!]) {
  for (const field of Object.values(type.getFields())) {
    field.resolve = (_source, args) => {
      const value = root[field.name];
      return typeof value === 'function' ? value(args) : value;
    };
  }
}
