import {
  type HttpCall,
  listAt,
  type Place,
  type Protocol,
  toPlannedAnswer,
  toTaskAnswer,
  valueAt,
} from '../protocol.ts';

/**
 * The documents of one GraphQL API. Fields and arguments may have other names in it; aliases make the answers the
 * same, and the variables are those of `graphqlProtocol`.
 */
export interface GraphqlDocuments {
  readonly list: string;
  readonly search: string;
  readonly count: string;
  readonly page: string;
  readonly get: string;
  readonly create: string;
  readonly update: string;
  readonly planned?: string;
  readonly toggle: string;
  /** The document of a variant, whose only field may have any alias. */
  variant(variant: number, first: number): string;
  /** Makes the cursor of a place, or asks for a page that ends with it: `$createdAt`, `$offset`. */
  readonly cursor: string | ((place: Place) => string);
}

/** A GraphQL API spoken to as a client library does: documents that stay the same, and variables. */
export function graphqlProtocol(documents: GraphqlDocuments): Protocol {
  return {
    list: (first) => operation('Tasks', documents.list, { first }),
    search: (words, first) => operation('Search', documents.search, { words, first }),
    count: (first) => operation('Count', documents.count, { first }),
    page: (after, first) => operation('Page', documents.page, { after, first }),
    cursorOf: async (place, _first, ask) => {
      if (typeof documents.cursor !== 'string') return documents.cursor(place);
      const variables = { createdAt: place.createdAt, offset: place.position - 1 };
      const answer = await ask(operation('Cursor', documents.cursor, variables));
      return String(valueAt(answer, 'data', 'tasks', 'pageInfo', 'endCursor'));
    },
    ...(documents.planned === undefined
      ? {}
      : { planned: (first: number) => operation('Planned', documents.planned!, { first }) }),
    get: (id) => operation('Task', documents.get, { id }),
    create: (input) => operation('CreateTask', documents.create, { input }),
    update: (id, title) => operation('UpdateTask', documents.update, { id, title }),
    toggle: (id) => operation('ToggleTask', documents.toggle, { id }),
    document: (variant, first) => post({ query: documents.variant(variant, first) }),

    readList: (answer) => nodesOf(valueAt(answer, 'data', 'tasks')).map(toTaskAnswer),
    readCount: (answer) => Number(valueAt(answer, 'data', 'tasks', 'totalCount')),
    readPlanned: (answer) => nodesOf(valueAt(answer, 'data', 'tasks')).map(toPlannedAnswer),
    readGet: (answer) => toTaskAnswer(valueAt(answer, 'data', 'task')),
    readCreate: (answer) => toTaskAnswer(valueAt(answer, 'data', 'createTask', 'task')),
    readUpdate: (answer) => toTaskAnswer(valueAt(answer, 'data', 'updateTask', 'task')),
    readToggle: (answer) => toTaskAnswer(valueAt(answer, 'data', 'toggleTask', 'task')),
    readDocument: (answer) => nodesOf(Object.values(valueAt(answer, 'data') as object)[0]),
  };
}

function nodesOf(connection: unknown): unknown[] {
  return listAt(connection, 'edges').map((edge) => valueAt(edge, 'node'));
}

function operation(operationName: string, query: string, variables: Record<string, unknown>): HttpCall {
  return post({ operationName, query, variables });
}

function post(request: object): HttpCall {
  return { method: 'POST', path: '/graphql', body: JSON.stringify(request) };
}
