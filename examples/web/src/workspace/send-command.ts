import type { ApolloClient } from '@apollo/client';
import {
  CompleteTaskDocument,
  CreateTaskDocument,
  DeleteTaskDocument,
  MoveTaskDocument,
  ReopenTaskDocument,
  type TaskCommandInput,
  type TaskFieldsFragment,
  UpdateTaskDocument,
} from '../generated/graphql.ts';

interface Answer {
  readonly task?: TaskFieldsFragment;
  readonly deletedTaskId?: string;
  readonly undoToken: string | null;
}

/**
 * Sends one command as the mutation that stands for it, with the command's id as its idempotency key. The answers are
 * taken over by whoever calls, which looks at versions: hence no cache.
 */
export async function sendCommand(client: ApolloClient, command: TaskCommandInput): Promise<Answer> {
  const { id: idempotencyKey, create, update, move, delete: deletion } = command;
  const fetchPolicy = 'no-cache';
  if (create) {
    const variables = { input: create, idempotencyKey };
    return answerOf((await client.mutate({ mutation: CreateTaskDocument, variables, fetchPolicy })).data?.createTask);
  }
  if (update && isCompletion(update.input)) {
    const variables = { id: update.id, idempotencyKey };
    if (update.input.completed) {
      const { data } = await client.mutate({ mutation: CompleteTaskDocument, variables, fetchPolicy });
      return answerOf(data?.completeTask);
    }
    return answerOf((await client.mutate({ mutation: ReopenTaskDocument, variables, fetchPolicy })).data?.reopenTask);
  }
  if (update) {
    const variables = { ...update, idempotencyKey };
    return answerOf((await client.mutate({ mutation: UpdateTaskDocument, variables, fetchPolicy })).data?.updateTask);
  }
  if (move) {
    const variables = { ...move, idempotencyKey };
    return answerOf((await client.mutate({ mutation: MoveTaskDocument, variables, fetchPolicy })).data?.moveTask);
  }
  if (deletion) {
    const variables = { id: deletion.id, idempotencyKey };
    return answerOf((await client.mutate({ mutation: DeleteTaskDocument, variables, fetchPolicy })).data?.deleteTask);
  }
  throw new TypeError('The command says nothing that this page does');
}

function isCompletion(input: object): boolean {
  return Object.keys(input).join() === 'completed';
}

function answerOf(answer: Answer | undefined): Answer {
  if (answer === undefined) throw new Error('The answer has no data');
  return answer;
}
