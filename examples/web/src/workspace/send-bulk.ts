import type { ApolloClient } from '@apollo/client';
import type { Refusal } from '../apollo/offline-queue.ts';
import { problemOfExtensions } from '../apollo/problem.ts';
import {
  type BulkErrorFieldsFragment,
  DeleteTasksDocument,
  type TaskCommandInput,
  type TaskFieldsFragment,
  type UpdateTaskInput,
  UpdateTasksDocument,
} from '../generated/graphql.ts';

/** What is to become of several tasks at once. */
export interface BulkChange {
  /** a new UUID, which names the request */
  readonly id: string;
  readonly taskIds: readonly string[];
  /** absent when they are to be deleted */
  readonly set?: UpdateTaskInput;
}

interface BulkAnswer {
  readonly tasks: readonly TaskFieldsFragment[];
  readonly deletedIds: readonly string[];
  readonly undoToken: string | null | undefined;
  /** the first that was refused, so that nothing was written */
  readonly refused: Refusal | undefined;
}

/** The same, task by task: how it shows, and what waits where the server is away. */
export function commandsOf({ taskIds, set }: BulkChange): readonly TaskCommandInput[] {
  return taskIds.map((id) => ({
    id: crypto.randomUUID(),
    ...(set ? { update: { id, input: set } } : { delete: { id } }),
  }));
}

export async function sendBulk(
  client: ApolloClient,
  { id: idempotencyKey, taskIds: ids, set }: BulkChange,
  commands: readonly TaskCommandInput[],
): Promise<BulkAnswer> {
  const fetchPolicy = 'no-cache';
  if (set) {
    const variables = { ids, set, idempotencyKey };
    const { data } = await client.mutate({ mutation: UpdateTasksDocument, variables, fetchPolicy });
    if (!data) throw new Error('The answer has no data');
    const { tasks, errors, undoToken } = data.updateTasks;
    return { tasks, deletedIds: [], undoToken, refused: refusalOf(errors, commands) };
  }
  const variables = { ids, idempotencyKey };
  const { data } = await client.mutate({ mutation: DeleteTasksDocument, variables, fetchPolicy });
  if (!data) throw new Error('The answer has no data');
  const { deletedTaskIds, errors, undoToken } = data.deleteTasks;
  return { tasks: [], deletedIds: deletedTaskIds, undoToken, refused: refusalOf(errors, commands) };
}

function refusalOf(
  [error]: readonly BulkErrorFieldsFragment[],
  commands: readonly TaskCommandInput[],
): Refusal | undefined {
  const [first] = commands;
  if (!error || !first) return undefined;
  const command = commands.find(({ update, delete: deletion }) => (update ?? deletion)?.id === error.id) ?? first;
  return { command, problem: problemOfExtensions({ ...error }, error.message) };
}
