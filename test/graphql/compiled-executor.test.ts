import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { createCompiledExecutor } from '../../src/graphql/compiled-executor.ts';
import { byGraphQL, type Call, executorFor, schema, visible } from './support/executors.ts';

const TIMES = 4;

/** Whether all executions, before and after compiling, are like graphql-js's. */
async function expectSame(call: Call, { locations = true } = {}): Promise<void> {
  const expected = visible(await byGraphQL(call), locations);
  const run = executorFor((errors) => {
    throw new Error(`not compiled: ${errors?.map(String)}`);
  });
  for (let times = 0; times < TIMES; times++) expect(visible(await run(call), locations)).toEqual(expected);
}

describe('a document that comes again and again is answered as graphql-js answers it', () => {
  it.each<[string, string]>([
    ['fields', '{ hello items { id name tags } }'],
    ['aliases', '{ a: hello(name: "a") b: hello(name: "b") c: item(id: 3) { d: id e: name } }'],
    ['default values of arguments', '{ hello echo items { id } }'],
    ['arguments that are null', '{ echo(list: null, flag: null, color: null) }'],
    [
      'literals of every kind',
      '{ echo(input: {text: "t", more: [{text: "u", size: null, color: GREEN}]}, list: [1, 2], color: GREEN, flag: true, id: 5, ratio: 1) }',
    ],
    ['one value where a list is asked for', '{ echo(list: 1) }'],
    [
      'fragments within fragments',
      '{ items { ...A } } fragment A on Item { id ...B } fragment B on Item { parent { ...C } } fragment C on Item { id name }',
    ],
    [
      'fragments on interfaces and unions',
      '{ node { __typename id ... on Item { name } } search { __typename ... on Item { name } ... on Other { other } ... on Node { id } } }',
    ],
    [
      'the same field from several fragments',
      '{ item(id: 2) { ...A ...B parent { id } } } fragment A on Item { parent { name } } fragment B on Item { parent { tags } }',
    ],
    [
      'constant directives',
      '{ hello @skip(if: true) a: hello @include(if: true) ... @include(if: false) { color } items { id @skip(if: false) } }',
    ],
    ['null', '{ item(id: "none") { id parent { id } } }'],
    ['an introspection of names', '{ __typename items { __typename } __type(name: "Item") { name fields { name } } }'],
  ])('with %s', async (_name, query) => {
    await expectSame({ query });
  });

  it.each<[string, string]>([
    ['an error in a field that may be null', '{ hello fails failsLater }'],
    ['an error below a list', '{ items(first: 3) { id soft } }'],
    ['null that bubbles to the next field that may be null', '{ hello item(id: 2) { id parent { broken } } }'],
    ['null that bubbles through a list to the root', '{ hello items { broken } }'],
    ['null that bubbles to the root', '{ hello failsHard { id } }'],
    ['holes and errors in a list', '{ holey { id } }'],
    ['an enum value that does not exist', '{ hello color }'],
    ['errors under aliases', '{ a: fails b: fails c: item(id: 1) { d: soft } }'],
  ])('with %s', async (_name, query) => {
    await expectSame({ query }, { locations: false });
  });

  it.each<[string, Call]>([
    ['an enum', { query: 'query ($color: Color!) { echo(color: $color) }', variables: { color: 'GREEN' } }],
    [
      'an enum that does not exist',
      { query: 'query ($color: Color!) { echo(color: $color) }', variables: { color: 'BLUE' } },
    ],
    ['a list', { query: 'query ($list: [Int!]) { echo(list: $list) }', variables: { list: [1, 2, 3] } }],
    ['one value for a list', { query: 'query ($list: [Int!]) { echo(list: $list) }', variables: { list: 7 } }],
    [
      'a list that holds null',
      { query: 'query ($list: [Int!]) { echo(list: $list) }', variables: { list: [1, null] } },
    ],
    [
      'an input object',
      {
        query: 'query ($input: Input) { echo(input: $input) }',
        variables: { input: { text: 'a', more: [{ text: 'b', size: null }] } },
      },
    ],
    [
      'an input object with a fault deep inside',
      {
        query: 'query ($input: Input) { echo(input: $input) }',
        variables: { input: { text: 'a', more: [{ text: 'b' }, { size: 'x' }] } },
      },
    ],
    [
      'an unknown input field',
      { query: 'query ($input: Input) { echo(input: $input) }', variables: { input: { text: 'a', nothing: 1 } } },
    ],
    ['a default', { query: 'query ($name: String = "you") { hello(name: $name) }' }],
    [
      'null instead of a default',
      { query: 'query ($flag: Boolean = true) { echo(flag: $flag) }', variables: { flag: null } },
    ],
    ['absence, which leaves the default of the argument', { query: 'query ($name: String) { hello(name: $name) }' }],
    ['a default of an input object', { query: 'query ($input: Input = { text: "d" }) { echo(input: $input) }' }],
    ['a missing required value', { query: 'query ($id: ID!) { item(id: $id) { id } }' }],
    ['null for a required value', { query: 'query ($id: ID!) { item(id: $id) { id } }', variables: { id: null } }],
    ['a number for an ID', { query: 'query ($id: ID!) { item(id: $id) { id } }', variables: { id: 12 } }],
    ['a number for text', { query: 'query ($name: String) { hello(name: $name) }', variables: { name: 12 } }],
    ['text for a number', { query: 'query ($first: Int) { items(first: $first) { id } }', variables: { first: '2' } }],
    [
      'a number that is too large',
      { query: 'query ($first: Int) { items(first: $first) { id } }', variables: { first: 2147483648 } },
    ],
    ['a fraction', { query: 'query ($ratio: Float) { echo(ratio: $ratio) }', variables: { ratio: 0.5 } }],
    ['variables that nobody declared', { query: '{ hello }', variables: { nothing: 1, __proto__: 2 } }],
    [
      'an operation of two',
      {
        query: 'query A { hello } query B($name: String) { hello(name: $name) }',
        operationName: 'B',
        variables: { name: 'b' },
      },
    ],
  ])('with a variable for %s', async (_name, call) => {
    await expectSame(call);
  });

  it.each([
    [{ text: 'a', size: 1, toString: 2 }],
    [{ text: 'a', size: null, toString: 2 }],
    [{ text: 'a' }],
    [{ text: 'a', toString: 2 }],
    [{ size: 1 }],
  ])('with variables inside objects and lists by %j', async (variables) => {
    const query = `query ($text: String!, $size: Int, $toString: Int) {
      echo(input: { text: $text, size: $size, more: [{ text: "b", size: $toString }, { text: "c", size: $size }] })
    }`;
    await expectSame({ query, variables });
  });

  it.each([[{ first: 1, second: 2 }], [{ first: 1 }]])('with variables inside a list by %j', async (variables) => {
    await expectSame({ query: 'query ($first: Int!, $second: Int = 3) { echo(list: [$first, $second]) }', variables });
  });

  it.each([
    [{ with: true, without: false }],
    [{ with: false, without: true }],
    [{ with: true, without: true }],
    [{ with: false, without: false }],
  ])('with @include and @skip by %j', async (variables) => {
    const query = `query ($with: Boolean!, $without: Boolean!) {
      a: hello @include(if: $with) b: hello @skip(if: $without) c: hello @include(if: $with) @skip(if: $without)
      ... @include(if: $with) { items { id @skip(if: $without) name } } ...F @skip(if: $without)
    } fragment F on Query { d: hello item(id: 1) { id } }`;
    await expectSame({ query, variables });
  });

  it('with a directive whose variable is missing', async () => {
    await expectSame({ query: 'query ($with: Boolean!) { hello @include(if: $with) }' });
  });
});

it('variables of one request never reach another', async () => {
  const run = executorFor();
  const query =
    'query ($name: String, $loud: Boolean!) { hello(name: $name) item(id: 1) { name(loud: $loud) id @include(if: $loud) } }';
  for (let times = 0; times < TIMES; times++) {
    for (const variables of [{ name: 'a', loud: true }, { loud: false }, { name: null, loud: true }]) {
      expect(visible(await run({ query, variables }), true)).toEqual(
        visible(await byGraphQL({ query, variables }), true),
      );
    }
  }
});

it('each execution sees its own context', async () => {
  const run = executorFor();
  const names = ['ann', 'bob', 'cid', 'dan'];
  const answers = await Promise.all(names.map((name) => run({ query: '{ context }' }, { name })));
  expect(answers.map(({ data }) => data?.context)).toEqual(names);
});

it('fields of a mutation run one after the other, and once per execution', async () => {
  const run = executorFor();
  const query = 'mutation { a: add(by: 1) b: add(by: 10) c: add(by: 100) }';
  let before = Number((await run({ query: 'mutation { add(by: 0) }' })).data?.add);
  for (let times = 0; times < TIMES; times++) {
    expect((await run({ query })).data).toEqual({ a: before + 1, b: before + 11, c: before + 111 });
    before += 111;
  }
});

it('a mutation that is refused ends its document, compiled or not: what would come after it is not done', async () => {
  const run = executorFor();
  const sum = async () => (await run({ query: 'mutation { add(by: 0) }' })).data?.add;
  const before = Number(await sum());
  for (let times = 1; times <= TIMES; times++) {
    const { data, errors } = await run({ query: 'mutation { a: add(by: 1) refuse b: add(by: 10) }' });
    expect({ data, refused: errors?.map(({ path }) => path) }).toEqual({ data: null, refused: [['refuse']] });
    expect(await sum()).toBe(before + times);
  }
});

it('a resolver that throws keeps its own error as the original one, compiled or not', async () => {
  const run = executorFor();
  for (let times = 0; times < TIMES; times++) {
    const { errors } = await run({ query: '{ fails }' });
    expect(errors?.[0]).toMatchObject({ message: 'fails', path: ['fails'] });
    expect(errors?.[0]?.originalError).toBeInstanceOf(Error);
    expect(errors?.[0]?.constructor.name).toBe('GraphQLError');
  }
});

describe('what the executor remembers', () => {
  /** Executes a document that cannot be compiled, under whatever keys, and counts how often that was tried. */
  function counting() {
    const tries = { count: 0 };
    const { execute } = createCompiledExecutor(schema, () => {
      tries.count += 1;
    });
    const document = parse('{ hello }');
    const request = { operationName: 'Unknown' };
    async function see(source: string): Promise<void> {
      await execute({ request, document, source } as unknown as Parameters<GatewayExecutor>[0]);
    }
    return { tries, see };
  }

  it('is that a document came before, so that the second time it is compiled and never again', async () => {
    const { tries, see } = counting();
    await see('a');
    for (let other = 0; other < 100; other++) await see(`other ${other}`);
    expect(tries.count).toBe(0);
    for (let times = 0; times < 3; times++) await see('a');
    expect(tries.count).toBe(1);
  });

  it('has a bound: after 5,000 other documents a document is new again', async () => {
    const { tries, see } = counting();
    await see('a');
    for (let other = 0; other < 5000; other++) await see(`other ${other}`);
    await see('a');
    expect(tries.count).toBe(0);
  });

  it('has a bound: after 500 others were compiled a compiled document is new again', async () => {
    const { tries, see } = counting();
    const twice = async (key: string) => {
      await see(key);
      await see(key);
    };
    await twice('a');
    for (let other = 0; other < 500; other++) await twice(`other ${other}`);
    expect(tries.count).toBe(501);
    await twice('a');
    expect(tries.count).toBe(502);
  });
});
