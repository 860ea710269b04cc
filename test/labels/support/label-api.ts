import type { GraphQLAnswer, TestApp } from '../../support/app.ts';
import { asked, type Label, type Refused, refusedWith, type Variables } from '../../tasks/support/graphql-tasks.ts';

/** Tags and lists over GraphQL, which differ in their names only. */

export const KINDS = ['Tag', 'List'] as const;
export type Kind = (typeof KINDS)[number];

const FIELDS = 'id name color createdAt updatedAt version';

export interface WholeLabel extends Label {
  createdAt: string;
  updatedAt: string;
}

export function labelsOf(app: TestApp, kind: Kind) {
  const name = kind.toLowerCase();
  const creation = `mutation ($input: Create${kind}Input!, $key: String) {
    create${kind}(input: $input, idempotencyKey: $key) { ${name} { ${FIELDS} } }
  }`;
  const change = `mutation ($id: ID!, $input: Update${kind}Input!, $expectedVersion: Int, $key: String) {
    update${kind}(id: $id, input: $input, expectedVersion: $expectedVersion, idempotencyKey: $key) { ${name} { ${FIELDS} } }
  }`;
  const deletion = `mutation ($id: ID!, $expectedVersion: Int, $key: String) {
    delete${kind}(id: $id, expectedVersion: $expectedVersion, idempotencyKey: $key) { deleted${kind}Id }
  }`;
  const one = `query ($id: ID!) { ${name}(id: $id) { ${FIELDS} } }`;
  const shown = (data: Record<string, Record<string, WholeLabel>>) => Object.values(data)[0]![name]!;
  return {
    async create(user: string, input: Variables, key?: string): Promise<WholeLabel> {
      return shown(await asked(app, user, creation, { input, key }));
    },
    createAnswer: (user: string, input: Variables, key?: string): Promise<GraphQLAnswer> =>
      app.graphql(user, creation, { input, key }),
    async createRefused(user: string, input: Variables): Promise<Refused> {
      return refusedWith(await app.graphql(user, creation, { input }));
    },
    async update(user: string, id: string, input: Variables, options: Variables = {}): Promise<WholeLabel> {
      return shown(await asked(app, user, change, { id, input, ...options }));
    },
    async updateRefused(user: string, id: string, input: Variables, options: Variables = {}): Promise<Refused> {
      return refusedWith(await app.graphql(user, change, { id, input, ...options }));
    },
    updateAnswer: (user: string, id: string, input: Variables, options: Variables = {}): Promise<GraphQLAnswer> =>
      app.graphql(user, change, { id, input, ...options }),
    async delete(user: string, id: string, options: Variables = {}): Promise<string> {
      return (await asked(app, user, deletion, { id, ...options }))[`delete${kind}`][`deleted${kind}Id`];
    },
    async deleteRefused(user: string, id: string, options: Variables = {}): Promise<Refused> {
      return refusedWith(await app.graphql(user, deletion, { id, ...options }));
    },
    deleteAnswer: (user: string, id: string): Promise<GraphQLAnswer> => app.graphql(user, deletion, { id }),
    async get(user: string, id: string): Promise<WholeLabel> {
      return (await asked(app, user, one, { id }))[name];
    },
    async getRefused(user: string, id: string): Promise<Refused> {
      return refusedWith(await app.graphql(user, one, { id }));
    },
    async all(user: string): Promise<WholeLabel[]> {
      return (await asked(app, user, `{ ${name}s { ${FIELDS} } }`))[`${name}s`];
    },
  };
}
