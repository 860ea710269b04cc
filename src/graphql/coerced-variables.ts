import {
  BREAK,
  type DocumentNode,
  GraphQLScalarType,
  GraphQLSchema,
  Kind,
  type TypeNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';

/** Stands for "coerced already" where a document for the compiler declares a variable. */
const COERCED = new GraphQLScalarType({ name: 'CoercedVariable' });

/**
 * graphql-jit writes code that checks each variable, inlined through its input type: a type that holds itself, such as
 * a filter with `and`, makes that code endless and takes all memory of the process. It never sees those types:
 * variables are coerced by graphql-js, and what is compiled declares them with a scalar that passes everything.
 */
export function compilableSchema(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, COERCED] });
}

/** The document with its variables declared as coerced. Booleans keep their type, as `@include` and `@skip` ask for it. */
export function withCoercedVariables(document: DocumentNode): DocumentNode {
  return visit(document, {
    VariableDefinition: (definition): VariableDefinitionNode | undefined =>
      nameOf(definition.type) === 'Boolean'
        ? undefined
        : {
            kind: Kind.VARIABLE_DEFINITION,
            variable: definition.variable,
            type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: COERCED.name } },
          },
  });
}

/**
 * Whether graphql-jit executes the document as GraphQL says. Questions about the schema must be answered from the schema
 * that is served, without the scalar above. And after a mutation that was refused graphql-jit goes on with the next one,
 * although the answer to all of them is lost by then.
 */
export function isCompilable(document: DocumentNode): boolean {
  let compilable = true;
  visit(document, {
    OperationDefinition: ({ operation, selectionSet: { selections } }) => {
      if (operation === 'mutation' && selections.some(({ kind }, index) => index > 0 || kind !== Kind.FIELD)) {
        compilable = false;
      }
    },
    Field: ({ name }) => {
      if (name.value === '__schema' || name.value === '__type') compilable = false;
    },
    enter: () => (compilable ? undefined : BREAK),
  });
  return compilable;
}

/**
 * The names of variables inside objects and lists. graphql-jit writes null for one that was not given, where GraphQL leaves
 * the field out: an update would clear what it should leave alone. And it writes null where the field cannot be null.
 */
export function variablesInLiterals(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  let depth = 0;
  const literal = { enter: () => void depth++, leave: () => void depth-- };
  visit(document, {
    ObjectValue: literal,
    ListValue: literal,
    Variable: ({ name }) => {
      if (depth > 0) names.add(name.value);
    },
  });
  return [...names];
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}
