import { useMemo } from 'react';
import { problemOf } from '../apollo/problem.ts';
import { putTask, removeTask } from '../apollo/task-cache.ts';
import {
  type CreateTaskInput,
  type TaskCommandInput,
  type TaskFieldsFragment,
  UndoDocument,
  type UpdateTaskInput,
} from '../generated/graphql.ts';
import { showToast } from '../ui/toasts.tsx';
import type { Workspace } from '../workspace/workspace.ts';
import { useWorkspace } from '../workspace/workspace-context.tsx';

type Move = NonNullable<TaskCommandInput['move']>;

/** Everything that the page does to tasks. Each shows at once and says afterwards how it can be taken back. */
export interface TaskActions {
  create(input: CreateTaskInput): void;
  /** with `base`, the task as it was when the user began, what others changed meanwhile is a conflict */
  update(id: string, input: UpdateTaskInput, base?: TaskFieldsFragment): void;
  setCompleted(task: TaskFieldsFragment, completed: boolean): void;
  move(move: Move): void;
  remove(task: TaskFieldsFragment): void;
  /** Takes back what was done last. */
  undo(): void;
}

/** What was done last, of all components. */
let lastToken: string | undefined;

export function useTaskActions(): TaskActions {
  const workspace = useWorkspace();
  return useMemo(() => createActions(workspace), [workspace]);
}

function createActions(workspace: Workspace): TaskActions {
  const { commander, client, lists } = workspace;

  async function perform(command: Omit<TaskCommandInput, 'id'>, words?: string, base?: TaskFieldsFragment) {
    const done = await commander.perform({ id: crypto.randomUUID(), ...command }, base);
    lastToken = done?.undoToken;
    if (words && done) showToast(words, lastToken ? { label: 'Undo', run: undo } : undefined);
  }

  async function takeBack(token: string): Promise<void> {
    try {
      const { data } = await client.mutate({
        mutation: UndoDocument,
        variables: { token },
        fetchPolicy: 'no-cache',
      });
      for (const task of data?.undo.tasks ?? []) putTask(client.cache, task);
      for (const id of data?.undo.deletedTaskIds ?? []) removeTask(client.cache, id);
      lists.request();
    } catch (error) {
      showToast(`This cannot be taken back. ${problemOf(error).message}`);
    }
  }

  function undo(): void {
    if (lastToken) void takeBack(lastToken);
    lastToken = undefined;
  }

  return {
    create: (input) => void perform({ create: { id: crypto.randomUUID(), ...input } }),
    update: (id, input, base) => void perform({ update: { id, input } }, undefined, base),
    setCompleted: ({ id }, completed) =>
      void perform({ update: { id, input: { completed } } }, completed ? 'Completed' : 'Open again'),
    move: (move) => void perform({ move }),
    remove: ({ id, title }) => void perform({ delete: { id } }, `“${shortened(title)}” is in the trash`),
    undo,
  };
}

function shortened(title: string): string {
  return title.length > 32 ? `${title.slice(0, 30)}…` : title;
}
