import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type DocumentNode, execute, GraphQLError, parse, validate } from 'graphql';
import { createCompiledExecutor } from '../../src/graphql/compiled-executor.ts';
import { type ExecutionInput, executeWith } from '../support/executor.ts';
import { schema, startSum } from './support/schema-of-all-kinds.ts';

const uncompilable: unknown[] = [];
let executor: GatewayExecutor;

beforeAll(() => {
  executor = createCompiledExecutor(schema, (errors) => uncompilable.push(errors)).execute;
});

/** As a client sees it: data, and each error with its place. Fields side by side may fail in any order. */
function seen({ data, errors }: { data?: unknown; errors?: readonly GraphQLError[] | undefined }): unknown {
  const told = errors?.map(({ message, path, extensions }) => ({ message, path, extensions }));
  const sorted = told?.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return JSON.parse(JSON.stringify({ data, errors: sorted }));
}

const CASES: [name: string, query: string, input?: ExecutionInput][] = [
  ['fields', '{ text number(value: 1) flag(value: true) __typename }'],
  ['aliases of one field', '{ a: text(value: "1") b: text(value: "2") text }'],
  ['fields that are asked for twice', '{ item(id: "1") { id } item(id: "1") { name id } }'],
  ['nested lists', '{ item(id: "1") { children { id children { id name children { id } } } } }'],
  ['a null list', '{ item(id: "1") { children { children { children { children { id } } } } } }'],
  [
    'named fragments',
    '{ item(id: "1") { ...A children { ...B } } } fragment A on Item { id ...B } fragment B on Item { name }',
  ],
  ['inline fragments on an interface', '{ nodes { id __typename ... on Item { name } ... on Note { body } } }'],
  [
    'inline fragments on a union',
    '{ things { __typename ... on Node { id } ... on Item { name } ... on Note { body } } }',
  ],
  ['inline fragments without a type', '{ item(id: "1") { ... { id } ... @include(if: false) { name } } }'],
  ['fragments on the root', '{ ...Q } fragment Q on Query { text flag(value: null) }'],
  [
    'include and skip',
    '{ a: text @include(if: true) b: text @include(if: false) c: text @skip(if: true) d: text @skip(if: false) }',
  ],
  [
    'include and skip together',
    '{ a: text @include(if: true) @skip(if: true) b: text @include(if: true) @skip(if: false) }',
  ],
  [
    'include by variables',
    'query ($yes: Boolean!, $no: Boolean = false) { a: text @include(if: $yes) b: text @include(if: $no) c: text @skip(if: $yes) ...F @skip(if: $no) } fragment F on Query { flag(value: $yes) }',
    { variables: { yes: true } },
  ],
  [
    'include by variables that are given',
    'query ($yes: Boolean!, $no: Boolean = false) { a: text @include(if: $yes) b: text @include(if: $no) }',
    { variables: { yes: false, no: true } },
  ],
  ['a selection that includes nothing', '{ item(id: "1") { id @skip(if: true) } }'],
  [
    'arguments and their defaults',
    '{ a: text b: text(value: null) c: text(choice: SECOND) d: text(deep: {}) e: text(list: "one") }',
  ],
  [
    'nested input objects',
    '{ text(deep: { more: { more: { number: 1 }, list: [{ text: null }, { choice: SECOND }] } }) }',
  ],
  ['variables', 'query ($v: String, $n: Int!) { text(value: $v) number(value: $n) }', { variables: { v: 'x', n: 3 } }],
  [
    'variables that are not given',
    'query ($v: String, $l: [String!], $d: Deep) { text(value: $v, list: $l, deep: $d) }',
  ],
  [
    'variables that are null',
    'query ($v: String, $l: [String!], $d: Deep) { text(value: $v, list: $l, deep: $d) }',
    { variables: { v: null, l: null, d: null } },
  ],
  [
    'defaults of variables',
    'query ($v: String = "v", $n: Int! = 4, $c: Choice = SECOND, $d: Deep = { text: "d" }) { text(value: $v, choice: $c, deep: $d) number(value: $n) }',
  ],
  [
    'defaults of variables that are overridden',
    'query ($v: String = "v", $c: Choice = SECOND) { text(value: $v, choice: $c) }',
    { variables: { v: null, c: 'FIRST' } },
  ],
  [
    'variables within lists',
    'query ($v: String!, $w: String = "w") { text(list: [$v, "b", $w]) }',
    { variables: { v: 'a' } },
  ],
  [
    'variables within objects',
    'query ($v: String, $n: Int! = 3) { text(deep: { text: $v, number: $n, more: { text: $v } }) }',
    { variables: { v: 'a' } },
  ],
  [
    'one value for a list variable',
    'query ($l: [String!], $d: Deep) { text(list: $l, deep: $d) }',
    { variables: { l: 'one', d: { list: { number: 2 } } } },
  ],
  [
    'input objects as variables',
    'query ($d: Deep) { text(deep: $d) }',
    { variables: { d: { more: { list: [{ choice: 'SECOND' }] } } } },
  ],
  ['a number for an ID', 'query ($id: ID) { item(id: $id) { id } }', { variables: { id: 5 } }],
  ['variables that nobody asked for', 'query ($n: Int!) { number(value: $n) }', { variables: { n: 1, other: 2 } }],
  ['a field that fails', '{ fails text }'],
  ['a field that fails and may not be null', '{ failsStrictly { id } text }'],
  ['null where none may be', '{ number(value: 13) }'],
  ['null in a list where none may be', '{ strict { id } }'],
  ['null in a list where it may be', '{ loose { id name } }'],
  ['several failures side by side', '{ a: fails b: fails item(id: "1") { soft children { soft } } }'],
  ['failures of abstract types', '{ things { ... on Item { id soft } ... on Note { body } } }'],
  [
    'a mutation, one field after the other',
    'mutation { zero: add(amount: 0) a: add b: add(amount: 2) back: add(amount: -3) }',
  ],
  ['a mutation that fails between', 'mutation { a: add(amount: 0) fail b: add(amount: 0) }'],
  ['one of several operations', 'query A { text } query B { number(value: 2) }', { operationName: 'B' }],
  [
    'introspection of a type',
    '{ __type(name: "Deep") { name inputFields { name defaultValue type { kind ofType { name } } } } }',
  ],
  ['a missing variable', 'query ($n: Int!) { number(value: $n) }'],
  ['a variable that is null and may not be', 'query ($n: Int!) { number(value: $n) }', { variables: { n: null } }],
  [
    'a variable of a wrong type',
    'query ($n: Int!, $v: String) { number(value: $n) text(value: $v) }',
    { variables: { n: '1', v: 2 } },
  ],
  ['a number beyond 32 bits', 'query ($n: Int!) { number(value: $n) }', { variables: { n: 2 ** 31 } }],
  ['a fraction for a whole number', 'query ($n: Int!) { number(value: $n) }', { variables: { n: 1.5 } }],
  ['a list for an input object', 'query ($d: Deep) { text(deep: $d) }', { variables: { d: [] } }],
  [
    'an unknown field of an input object',
    'query ($d: Deep) { text(deep: $d) }',
    { variables: { d: { nope: 1, more: { nope: 2 } } } },
  ],
  ['an unknown value of an enumeration', 'query ($c: Choice) { text(choice: $c) }', { variables: { c: 'THIRD' } }],
  [
    'null within a list that allows none',
    'query ($l: [String!]) { text(list: $l) }',
    { variables: { l: ['a', null] } },
  ],
];

describe('the compiled executor', () => {
  it.each(CASES)('answers like graphql-js the first, second and third time: %s', async (_name, query, input = {}) => {
    expect(validate(schema, parse(query))).toEqual([]);
    const { variables = {}, operationName = null } = input;
    const reference = seen(await execute({ schema, document: parse(query), variableValues: variables, operationName }));
    for (let times = 0; times < 3; times++) {
      startSum();
      const result = await executeWith(executor, query, input);
      expect({ times, ...(seen(result) as object) }).toEqual({ times, ...(reference as object) });
      for (const error of result.errors ?? []) expect(error).toBeInstanceOf(GraphQLError);
    }
  });

  it('could compile each of these documents', () => {
    expect(uncompilable).toEqual([]);
  });

  it('answers with the variables of each call, not those of the first', async () => {
    const query = 'query ($n: Int!) { number(value: $n) }';
    for (let n = 0; n < 5; n++) {
      expect(await executeWith(executor, query, { variables: { n } })).toMatchObject({ data: { number: n } });
    }
  });

  it('tells operations of one document apart', async () => {
    const query = 'query A { a: text(value: "a") } query B { b: text(value: "b") }';
    for (let times = 0; times < 3; times++) {
      for (const operationName of ['A', 'B']) {
        const { data } = await executeWith(executor, query, { operationName });
        expect(Object.keys(data ?? {})).toEqual([operationName.toLowerCase()]);
      }
    }
  });

  it('gives every call its own context', async () => {
    const field = schema.getQueryType()!.getFields().text!;
    const { resolve } = field;
    field.resolve = (_source, _args, context: { user: string }) => context.user;
    const users = ['ann', 'bob', 'cas', 'dan'];
    const answers = await Promise.all(
      users.map((user) => executeWith(executor, '{ who: text }', { context: { user } })),
    );
    if (resolve) field.resolve = resolve;
    expect(answers.map(({ data }) => data?.who)).toEqual(users);
  });

  it('lets go of documents when thousands of distinct ones come', async () => {
    const fresh = createCompiledExecutor(schema, () => {}).execute;
    const documents: WeakRef<DocumentNode>[] = [];
    const observed: GatewayExecutor = (parts) => {
      documents.push(new WeakRef(parts.document));
      return fresh(parts);
    };
    for (let number = 0; number < 3000; number++) {
      const query = `{ a${number}: text(value: "${number}") }`;
      await executeWith(observed, query);
      if (number % 2 === 0) await executeWith(observed, query);
    }
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    const alive = documents.filter((reference) => reference.deref() !== undefined).length;
    // 500 compiled documents are kept; graphql-js remembers a few more by weak references of its own.
    expect(alive).toBeLessThanOrEqual(600);
  });
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
