import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

/** How much is said of variables that are wrong. */
export interface CoercionOptions {
  hideSuggestions: boolean;
  /** faults of the variables of one request at most */
  maxErrors: number;
}

/** Members and characters of all variables together; more is looked through in short first. */
const MAXIMUM_WEIGHT = 5000;
/** No input type has so many fields. */
const MAXIMUM_MEMBERS = 50;
const MAXIMUM_TEXT = 100;
const MAXIMUM_FAULTS_IN_LARGE_VALUES = 3;

/**
 * The variables of an operation as its types say. graphql-js writes the whole value into each error: an object of 60,000
 * unknown members, a megabyte, took two seconds and made an answer of 65 megabytes. So large values are tried with their
 * texts and objects cut, which leaves right ones right and wrong ones wrong.
 */
export function variableValues(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Variables,
  options: CoercionOptions,
): ReturnType<typeof getVariableValues> {
  let weight = 0;
  for (const { variable } of variableDefinitions) {
    if (Object.hasOwn(variables, variable.name.value)) weight += weightOf(variables[variable.name.value]);
  }
  if (weight > MAXIMUM_WEIGHT) {
    const short: Record<string, unknown> = {};
    for (const { variable } of variableDefinitions) {
      const name = variable.name.value;
      if (Object.hasOwn(variables, name)) short[name] = shortened(variables[name]);
    }
    const maxErrors = MAXIMUM_FAULTS_IN_LARGE_VALUES;
    const tried = getVariableValues(schema, variableDefinitions, short, { ...options, maxErrors });
    if (tried.errors) return tried;
  }
  return getVariableValues(schema, variableDefinitions, variables, options);
}

/** Counts no further than needed: more than the maximum is more. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  let weight = 1;
  if (Array.isArray(value)) {
    for (const item of value) {
      weight += weightOf(item);
      if (weight > MAXIMUM_WEIGHT) break;
    }
  } else {
    for (const name in value) {
      weight += name.length + weightOf((value as Variables)[name]);
      if (weight > MAXIMUM_WEIGHT) break;
    }
  }
  return weight;
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAXIMUM_TEXT);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(shortened);
  const short: Record<string, unknown> = {};
  let members = 0;
  for (const name in value) {
    short[name.slice(0, MAXIMUM_TEXT)] = shortened((value as Variables)[name]);
    if (++members === MAXIMUM_MEMBERS) break;
  }
  return short;
}
