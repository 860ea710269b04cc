import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  parse,
} from 'graphql';
import { systemClock } from '../../src/core/clock.ts';
import { createRateLimits } from '../../src/core/rate-limits.ts';
import { createResolvers } from '../../src/graphql/resolvers.ts';
import { createSchema, printSchema } from '../../src/graphql/schema.ts';
import { createServices } from '../../src/services.ts';
import { createMemoryStores } from '../support/memory-stores.ts';

let schema: GraphQLSchema;
let sdl: string;

beforeAll(async () => {
  const services = createServices({
    ...createMemoryStores(),
    identities: { endSessions: async () => {}, deleteUser: async () => {} },
    clock: systemClock,
    wait: async () => {},
  });
  schema = await createSchema(createResolvers(services), createRateLimits(0));
  sdl = printSchema(schema);
});

/** Everything in a type that a reader of the schema meets, by the name that they would look for. */
function describable(type: GraphQLNamedType): [string, string | null | undefined][] {
  const found: [string, string | null | undefined][] = [[type.name, type.description]];
  if (isEnumType(type)) {
    for (const value of type.getValues()) found.push([`${type.name}.${value.name}`, value.description]);
  }
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      found.push([`${type.name}.${field.name}`, field.description]);
      const { args = [] } = field as { args?: readonly { name: string; description?: string | null }[] };
      for (const arg of args) found.push([`${type.name}.${field.name}(${arg.name})`, arg.description]);
    }
  }
  return found;
}

describe('the schema', () => {
  it('has a description on every type, field, argument and value', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
    );
    const all = types.flatMap(describable);
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter(([, description]) => !description?.trim()).map(([name]) => name)).toEqual([]);
  });

  it('says with each description a sentence', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
    );
    const bad = types.flatMap(describable).filter(([, description]) => !/^[A-Z0-9`"].*\.$/s.test(description ?? ''));
    expect(bad).toEqual([]);
  });

  it('limits every field of Query and Mutation, visibly', () => {
    const unlimited: string[] = [];
    for (const definition of parse(sdl).definitions) {
      if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || !/^(Query|Mutation)$/.test(definition.name.value))
        continue;
      for (const field of definition.fields ?? []) {
        const directive = field.directives?.find(({ name }) => name.value === 'rateLimit');
        const names = directive?.arguments?.map((argument) => argument.name.value);
        if (String(names) !== 'limit,duration') unlimited.push(`${definition.name.value}.${field.name.value}`);
      }
    }
    expect(unlimited).toEqual([]);
    expect(sdl).toMatch(/directive @rateLimit/);
  });

  it('keeps the built-in directives', () => {
    const names = schema.getDirectives().map((directive) => directive.name);
    expect(names).toEqual(expect.arrayContaining(['include', 'skip', 'deprecated', 'specifiedBy', 'rateLimit']));
  });

  it('has the fields of the contract with their types', () => {
    const shapeOf = (name: string) => {
      const type = schema.getType(name);
      if (!isObjectType(type) && !isInputObjectType(type)) throw new Error(`${name} is no type with fields`);
      return Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, String(field.type)]));
    };
    expect(shapeOf('Query')).toEqual({ viewer: 'Viewer!', task: 'Task!', tasks: 'TaskConnection!' });
    expect(shapeOf('Mutation')).toEqual({
      createTask: 'CreateTaskPayload!',
      updateTask: 'UpdateTaskPayload!',
      deleteTask: 'DeleteTaskPayload!',
      toggleTask: 'ToggleTaskPayload!',
      revokeTokens: 'RevokeTokensPayload!',
      deleteAccount: 'DeleteAccountPayload!',
    });
    expect(shapeOf('Task')).toEqual({
      ...{ id: 'ID!', title: 'String!', description: 'String', completed: 'Boolean!', completedAt: 'DateTime' },
      ...{ createdAt: 'DateTime!', updatedAt: 'DateTime!', version: 'Int!' },
    });
    expect(shapeOf('Viewer')).toEqual({
      ...{ id: 'ID!', email: 'String', name: 'String', createdAt: 'DateTime!', taskStats: 'TaskStats!' },
    });
    expect(shapeOf('TaskConnection')).toEqual({
      ...{ edges: '[TaskEdge!]!', nodes: '[Task!]!', pageInfo: 'PageInfo!', totalCount: 'Int!' },
    });
    expect(shapeOf('CreateTaskInput')).toEqual({
      id: 'ID',
      title: 'String!',
      description: 'String',
      completed: 'Boolean',
    });
    expect(shapeOf('UpdateTaskInput')).toEqual({ title: 'String', description: 'String', completed: 'Boolean' });
  });

  it('has the arguments of the contract with their types', () => {
    const argumentsOf = (type: 'Query' | 'Mutation', field: string) => {
      const found = schema[`get${type}Type`]()?.getFields()[field]?.args ?? [];
      return Object.fromEntries(found.map((arg) => [arg.name, String(arg.type)]));
    };
    expect(argumentsOf('Query', 'task')).toEqual({ id: 'ID!' });
    expect(argumentsOf('Query', 'tasks')).toEqual({
      ...{ first: 'Int', after: 'String', last: 'Int', before: 'String' },
      ...{ filter: 'TaskFilter', search: 'String', orderBy: '[TaskOrder!]' },
    });
    expect(argumentsOf('Mutation', 'createTask')).toEqual({ input: 'CreateTaskInput!' });
    expect(argumentsOf('Mutation', 'updateTask')).toEqual({
      id: 'ID!',
      input: 'UpdateTaskInput!',
      expectedVersion: 'Int',
    });
    expect(argumentsOf('Mutation', 'deleteTask')).toEqual({ id: 'ID!', expectedVersion: 'Int' });
    expect(argumentsOf('Mutation', 'toggleTask')).toEqual({ id: 'ID!' });
    expect(argumentsOf('Mutation', 'deleteAccount')).toEqual({ confirm: 'String!' });
  });
});
