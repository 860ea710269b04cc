import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { loadConfig } from '../../src/config.ts';
import { AppError } from '../../src/core/errors.ts';
import { createDocumentGuard, type DocumentLimits } from '../../src/graphql/document-guard.ts';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const guardOf = (limits: Partial<DocumentLimits> = {}) =>
  createDocumentGuard(schema, { ...loadConfig({}).documentLimits, ...limits });
const costOf = (text: string, variables: unknown = {}, operationName?: unknown) =>
  guardOf().cost(text, operationName, variables);

/** What the guard throws, itself. */
function refusalBy(guard: ReturnType<typeof guardOf>, text: string): AppError {
  try {
    guard.cost(text, undefined, undefined);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('not refused');
}

describe('the cost of an operation', () => {
  it.each<[string, string, number, unknown?]>([
    ['a field of the root with one field', '{ viewer { id } }', 11],
    ['fields and aliases of the root', '{ viewer { id } a: viewer { id name } }', 23],
    ['a list, 20 rows where nothing is said', '{ tasks { nodes { id title } } }', 10 + 1 + 20 * 2],
    ['a list of a literal size', '{ tasks(first: 5) { nodes { id title } } }', 10 + 1 + 5 * 2],
    ['the larger one of two sizes', '{ tasks(first: 5, last: 50) { nodes { id } } }', 10 + 1 + 50],
    ['null for a size', '{ tasks(first: null) { nodes { id } } }', 10 + 1 + 20],
    ['what is beside the rows, once', '{ tasks(first: 100) { pageInfo { endCursor } } }', 10 + 1 + 1],
    ['a count', '{ tasks { totalCount } }', 10 + 50],
    ['statistics', '{ viewer { taskStats { total } } }', 10 + 50 + 1],
    ['a search', '{ tasks(search: "a") { nodes { id } } }', 10 + 50 + 1 + 20],
    ['a size in a variable', 'query ($n: Int) { tasks(first: $n) { nodes { id } } }', 10 + 1 + 3, { n: 3 }],
    ['a variable that is absent', 'query ($n: Int) { tasks(first: $n) { nodes { id } } }', 10 + 1 + 20],
    ['the default of a variable', 'query ($n: Int = 7) { tasks(first: $n) { nodes { id } } }', 10 + 1 + 7],
    ['null over a default', 'query ($n: Int = 7) { tasks(first: $n) { nodes { id } } }', 31, { n: null }],
    ['a variable that nobody declared', '{ tasks(first: $n) { nodes { id } } }', 10 + 1 + 4, { n: 4 }],
    ['a prototype for variables', 'query ($toString: Int) { tasks(first: $toString) { nodes { id } } }', 31],
    [
      'a fragment',
      '{ tasks(first: 5) { ...A } } fragment A on TaskConnection { nodes { ...B } } fragment B on Task { id }',
      16,
    ],
    ['what @skip leaves out, as it may come', '{ viewer { id name @skip(if: true) } }', 12],
    [
      'a batch of commands as a hundred, of which each has few faults',
      'mutation { applyCommands(commands: []) { results { status error { fields { field } } } } }',
      1000 + 1 + 100 * (1 + 1 + 1 + 5),
    ],
    [
      'an import as an export, with few faults',
      'mutation { importTasks(format: ICALENDAR, text: "") { added faults { line message } } }',
      200 + 1 + 1 + 5 * 2,
    ],
    ['fields that do not exist', '{ nothing { id } }', 11],
    ['text that is no document', '{', 0],
    [
      'a list with a page of its own by that, and not by the page around it',
      '{ tasks(first: 3) { nodes { subtasks(first: 50) { id title } } } }',
      10 + 1 + 3 * (1 + 50 * 2),
    ],
    [
      'each level of lists in lists',
      '{ tasks(first: 2) { nodes { subtasks(first: 3) { subtasks(first: 4) { id } } } } }',
      10 + 1 + 2 * (1 + 3 * (1 + 4)),
    ],
    [
      'a list with a page of its own by its usual size',
      '{ tasks(first: 2) { nodes { subtasks { id } } } }',
      10 + 1 + 2 * (1 + 20),
    ],
    [
      'a page in a list in a page by its usual size',
      '{ tasks(first: 1) { nodes { subtasks(first: 1) { history { nodes { version } } } } } }',
      10 + 1 + 1 * (1 + 1 * (1 + 1 + 20)),
    ],
  ])('counts %s', (_name, text, cost, variables = {}) => {
    expect(costOf(text, variables)).toBe(cost);
  });

  it('is that of the operation which is named', () => {
    const text = 'query A { viewer { id } } query B { tasks { nodes { id } } }';
    expect(costOf(text, {}, 'A')).toBe(11);
    expect(costOf(text, {}, 'B')).toBe(31);
    expect([undefined, 'C', '', 5].map((name) => costOf(text, {}, name))).toEqual([0, 0, 0, 0]);
  });
});

describe('what clients really send passes', () => {
  it.each([
    [getIntrospectionQuery()],
    [getIntrospectionQuery({ descriptions: false })],
    [
      getIntrospectionQuery({
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    ],
  ])('the questions of tools about the schema', (text) => {
    expect(costOf(text)).toBeLessThan(2000);
  });

  it('a page of 100 tasks with all there is to know of each, twice over, asked for by twenty components', () => {
    const components = Array.from({ length: 20 }, (_, index) => index);
    const fields = 'id __typename title description completed completedAt createdAt updatedAt version';
    const text = `query ($first: Int = 100) {
      tasks(first: $first) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { ${fields} ${components.map((index) => `...f${index}`).join(' ')} } } }
      viewer { id name email taskStats { total open completed } }
    } ${components.map((index) => `fragment f${index} on Task { id title version }`).join(' ')}`;
    expect(costOf(text)).toBeLessThan(10_000);
  });
});

describe('what the guard remembers', () => {
  const tooDeep = `{ ${'viewer { '.repeat(13)} id ${'}'.repeat(13)} }`;

  it('is why it refused a document', () => {
    const guard = guardOf();
    const first = refusalBy(guard, tooDeep);
    expect(first).toMatchObject({ code: 'QUERY_TOO_COMPLEX', details: { limit: 12, value: 14 } });
    expect(refusalBy(guard, tooDeep)).toBe(first);
  });

  it.each([
    ['number', 2001, ''],
    ['size', 50, ' '.repeat(90_000)],
  ])('has a bound in %s: after so many others a document is judged anew', (_name, others, padding) => {
    const guard = guardOf();
    const first = refusalBy(guard, tooDeep);
    for (let other = 0; other < others; other++) guard.cost(`{ a${other}: __typename }${padding}`, undefined, {});
    const again = refusalBy(guard, tooDeep);
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });
});
