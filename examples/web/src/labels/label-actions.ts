import type { ApolloClient } from '@apollo/client';
import { problemOf } from '../apollo/problem.ts';
import {
  CreateListDocument,
  CreateTagDocument,
  DeleteListDocument,
  DeleteTagDocument,
  UpdateListDocument,
  UpdateTagDocument,
} from '../generated/graphql.ts';

export type LabelKind = 'list' | 'tag';

export interface LabelInput {
  readonly name: string;
  readonly color: string | null;
}

const DOCUMENTS = {
  list: { create: CreateListDocument, update: UpdateListDocument, remove: DeleteListDocument },
  tag: { create: CreateTagDocument, update: UpdateTagDocument, remove: DeleteTagDocument },
} as const;

/** Creates a list or tag, or changes the one with the id. Its name and colour show wherever it is. */
export function saveLabel(
  client: ApolloClient,
  kind: LabelKind,
  input: LabelInput,
  id?: string,
): Promise<string | undefined> {
  const { create, update } = DOCUMENTS[kind];
  return attempt(() =>
    id === undefined
      ? client.mutate<unknown, { input: LabelInput }>({
          mutation: create,
          variables: { input },
          refetchQueries: ['Overview'],
        })
      : client.mutate<unknown, { id: string; input: LabelInput }>({ mutation: update, variables: { id, input } }),
  );
}

export function deleteLabel(client: ApolloClient, kind: LabelKind, id: string): Promise<string | undefined> {
  const { remove } = DOCUMENTS[kind];
  return attempt(() =>
    client.mutate<unknown, { id: string }>({
      mutation: remove,
      variables: { id },
      refetchQueries: ['Overview', 'Tasks'],
    }),
  );
}

/** Answers the reason where it did not go well. */
async function attempt(action: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    const { code, message, fields } = problemOf(error);
    if (code === 'CONFLICT') return 'There is one of this name already.';
    return fields.map(({ message: reason }) => `The name ${reason}.`).join(' ') || message;
  }
}
