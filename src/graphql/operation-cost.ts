import {
  type ArgumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { DEFAULT_PAGE_SIZE, MAXIMUM_PAGE_SIZE } from '../core/paging.ts';
import type { DocumentShape } from './document-shape.ts';

const PAGE_ARGUMENTS = ['first', 'last'];
/** A field of a root asks the database at least once. */
const ROOT_FIELD = 10;
/** What reads all of a user's tasks instead of a page of them. */
const DEAR_FIELDS: Record<string, number> = {
  'TaskConnection.totalCount': 50,
  'Viewer.taskStats': 50,
  'Query.exportMyData': 200,
  'Mutation.importTasks': 200,
  // A hundred commands, each as much as a field that writes.
  'Mutation.applyCommands': 1000,
  'Mutation.createTasks': 1000,
  'Mutation.updateTasks': 1000,
  'Mutation.deleteTasks': 1000,
  'Query.taskStats': 50,
  'TaskList.taskCounts': 5,
  'Query.__schema': 1000,
  'Query.__type': 100,
};
const DEAR_ARGUMENTS: Record<string, number> = { search: 50 };

/** How many rows a page may hold in one request; its size may stand in a variable. */
type PageSize = (variables: Readonly<Record<string, unknown>>) => number;

const WHOLE_PAGE: PageSize = () => MAXIMUM_PAGE_SIZE;
/** For lists of the schema, which `__schema` and `__type` are weighed for. */
const ONCE: PageSize = () => 1;
/** Lists without a page that are short whatever is asked for. */
const SHORT_LISTS: Record<string, PageSize> = {
  'TaskCommandError.fields': () => 5,
  'BulkError.fields': () => 5,
  'ImportTasksPayload.faults': () => 5,
  // Few have more, and those cost one statement for all of them.
  'Task.tags': () => 5,
  'TaskHistoryEntry.changes': () => 5,
};

/** Fields that an operation may answer: some for certain, and some as often as a page has rows. */
export interface Cost {
  fixed: number;
  paged: { size: PageSize; cost: Cost }[];
}

/** The cost of an operation with the variables of one request. */
export function evaluate({ fixed, paged }: Cost, variables: Readonly<Record<string, unknown>>): number {
  let total = fixed;
  for (const { size, cost } of paged) total += size(variables) * evaluate(cost, variables);
  return total;
}

/** Response names that were met at one place of the answer, with those below. */
type Names = Map<string, Names>;

interface CountedSelection {
  cost: Cost;
  /** fields that came before at the same place of the answer: validation compares each with all others there */
  repeats: number;
}

/**
 * Counts what a selection may answer, fragments spread. Follows every fragment each time, so the number of selections
 * must have been limited before.
 */
export function countSelection(
  schema: GraphQLSchema,
  { fragments }: Pick<DocumentShape, 'fragments'>,
  root: { type: GraphQLNamedType | undefined; selectionSet: SelectionSetNode; operation?: OperationDefinitionNode },
): CountedSelection {
  let repeats = 0;
  const defaults = defaultsOf(root.operation);

  function ofField(field: FieldNode, parent: GraphQLNamedType | undefined, page: PageSize | undefined, names: Names) {
    const name = field.alias?.value ?? field.name.value;
    const before = names.get(name);
    if (before) repeats += 1;
    const below: Names = before ?? new Map();
    names.set(name, below);
    const definition = definitionOf(parent, field.name.value);
    const own: Cost = { fixed: weightOf(field, parent, parent === root.type), paged: [] };
    if (!field.selectionSet) return own;
    const type = definition && getNamedType(definition.type);
    const ownPage = pageOf(field, definition, defaults);
    if (definition && isListType(getNullableType(definition.type))) {
      const inner = ofSelection(field.selectionSet, type, ownPage ? undefined : page, below);
      const known = SHORT_LISTS[`${parent?.name}.${field.name.value}`] ?? ownPage ?? page;
      own.paged.push({ size: known ?? (parent?.name.startsWith('__') ? ONCE : WHOLE_PAGE), cost: inner });
    } else add(own, ofSelection(field.selectionSet, type, ownPage ?? page, below));
    return own;
  }

  function ofSelection(
    { selections }: SelectionSetNode,
    type: GraphQLNamedType | undefined,
    page: PageSize | undefined,
    names: Names,
  ): Cost {
    const cost: Cost = { fixed: 0, paged: [] };
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        add(cost, ofField(selection, type, page, names));
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (!fragment) continue;
      const condition = fragment.typeCondition;
      const narrowed = condition ? schema.getType(condition.name.value) : type;
      add(cost, ofSelection(fragment.selectionSet, narrowed, page, names));
    }
    return cost;
  }

  return { cost: ofSelection(root.selectionSet, root.type, undefined, new Map()), repeats };
}

function add(cost: Cost, more: Cost): void {
  cost.fixed += more.fixed;
  cost.paged.push(...more.paged);
}

function definitionOf(type: GraphQLNamedType | undefined, field: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[field] : undefined;
}

function weightOf(field: FieldNode, parent: GraphQLNamedType | undefined, isRoot: boolean): number {
  let weight = DEAR_FIELDS[`${parent?.name}.${field.name.value}`] ?? (isRoot ? ROOT_FIELD : 1);
  for (const { name } of field.arguments ?? []) weight += DEAR_ARGUMENTS[name.value] ?? 0;
  return weight;
}

/** The size of the page that a field answers; undefined where it answers none. */
function pageOf(
  field: FieldNode,
  definition: GraphQLField<unknown, unknown> | undefined,
  defaults: ReadonlyMap<string, unknown>,
): PageSize | undefined {
  if (!definition?.args.some(({ name }) => PAGE_ARGUMENTS.includes(name))) return undefined;
  const sizes = (field.arguments ?? [])
    .filter(({ name }) => PAGE_ARGUMENTS.includes(name.value))
    .map(({ value }: ArgumentNode) => sizeOf(value, defaults));
  return (variables) => {
    let rows = 0;
    for (const size of sizes) rows = Math.max(rows, size(variables));
    return rows === 0 ? DEFAULT_PAGE_SIZE : rows;
  };
}

/** Zero for what is not given. What the service would refuse counts as the largest page: nothing makes a request cheaper. */
function sizeOf(value: ValueNode, defaults: ReadonlyMap<string, unknown>): PageSize {
  if (value.kind !== Kind.VARIABLE) {
    const rows = rowsOf(literalOf(value));
    return () => rows;
  }
  const name = value.name.value;
  return (variables) => rowsOf(Object.hasOwn(variables, name) ? variables[name] : defaults.get(name));
}

function rowsOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  const isAccepted = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAXIMUM_PAGE_SIZE;
  return isAccepted ? Number(value) : MAXIMUM_PAGE_SIZE;
}

function literalOf(value: ValueNode): unknown {
  if (value.kind === Kind.NULL) return null;
  return value.kind === Kind.INT ? Number(value.value) : Number.NaN;
}

function defaultsOf(operation: OperationDefinitionNode | undefined): ReadonlyMap<string, unknown> {
  const defaults = new Map<string, unknown>();
  for (const { variable, defaultValue } of operation?.variableDefinitions ?? []) {
    if (defaultValue) defaults.set(variable.name.value, literalOf(defaultValue));
  }
  return defaults;
}
