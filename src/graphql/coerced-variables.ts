import {
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

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}
