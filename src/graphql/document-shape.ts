import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** What a document asks for, however its fragments are spread. */
export interface DocumentShape {
  operations: OperationDefinitionNode[];
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** fragments that nothing spreads: validation will refuse them, after its costly rules have looked into them */
  strays: FragmentDefinitionNode[];
  aliases: number;
  directives: number;
  /** levels of fields, questions about the schema apart */
  depth: number;
  /** levels of fields below `__schema` and `__type` */
  introspectionDepth: number;
  /** fields and fragments, each counted as often as it is reached */
  selections: number;
  /** a fragment that holds itself, if there is one */
  endless: string | undefined;
}

interface Extent {
  depth: number;
  introspectionDepth: number;
  selections: number;
}

const NOTHING: Extent = { depth: 0, introspectionDepth: 0, selections: 0 };

/**
 * Measures a document in one walk. What a fragment holds is counted once and remembered, so that 24 fragments that
 * double each other are as quick to count as they are long to execute.
 */
export function shapeOf(document: DocumentNode): DocumentShape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }

  const extents = new Map<string, Extent | 'open'>();
  let aliases = 0;
  let directives = 0;
  let endless: string | undefined;
  const note = (node: ASTNode & { directives?: readonly unknown[] | undefined }) => {
    directives += node.directives?.length ?? 0;
  };

  function extentOfFragment(name: string): Extent {
    const known = extents.get(name);
    if (known === 'open') endless = name;
    if (known !== undefined) return known === 'open' ? NOTHING : known;
    const definition = fragments.get(name);
    if (!definition) return NOTHING;
    extents.set(name, 'open');
    note(definition);
    const extent = extentOf(definition.selectionSet);
    extents.set(name, extent);
    return extent;
  }

  function extentOf({ selections }: SelectionSetNode): Extent {
    const extent = { ...NOTHING };
    for (const selection of selections) {
      note(selection);
      if (selection.kind === Kind.FIELD) {
        if (selection.alias) aliases += 1;
        const below = selection.selectionSet ? extentOf(selection.selectionSet) : NOTHING;
        add(extent, isIntrospection(selection.name.value) ? asIntrospection(below) : oneDeeper(below));
      } else {
        const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
        add(extent, isSpread ? extentOfFragment(selection.name.value) : extentOf(selection.selectionSet));
      }
    }
    return extent;
  }

  const whole = { ...NOTHING };
  for (const operation of operations) {
    note(operation);
    for (const variable of operation.variableDefinitions ?? []) note(variable);
    add(whole, extentOf(operation.selectionSet));
  }
  const strays: FragmentDefinitionNode[] = [];
  for (const [name, fragment] of fragments) {
    if (extents.has(name)) continue;
    strays.push(fragment);
    add(whole, extentOfFragment(name));
  }
  return { operations, fragments, strays, aliases, directives, endless, ...whole };
}

/** Whether the field asks about the schema, in trees of its own depth. */
function isIntrospection(field: string): boolean {
  return field === '__schema' || field === '__type';
}

function oneDeeper({ depth, introspectionDepth, selections }: Extent): Extent {
  return { depth: depth + 1, introspectionDepth, selections };
}

function asIntrospection({ depth, selections }: Extent): Extent {
  return { depth: 1, introspectionDepth: depth + 1, selections };
}

/** Adds one selection with what is below it. */
function add(extent: Extent, selection: Extent): void {
  extent.depth = Math.max(extent.depth, selection.depth);
  extent.introspectionDepth = Math.max(extent.introspectionDepth, selection.introspectionDepth);
  // Fragments that double each other pass every number that can be written as JSON.
  extent.selections = Math.min(extent.selections + 1 + selection.selections, Number.MAX_SAFE_INTEGER);
}
