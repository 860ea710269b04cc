import { useMemo } from 'react';
import { problemOf } from '../apollo/problem.ts';
import { outermost, putTask, readTask, removeTask } from '../apollo/task-cache.ts';
import { isSignedIn } from '../auth/session.ts';
import {
  type CreateTaskInput,
  type TaskCommandInput,
  type TaskFieldsFragment,
  UndoDocument,
  type UpdateTaskInput,
} from '../generated/graphql.ts';
import { createUserStore } from '../ui/store.ts';
import { showToast } from '../ui/toasts.tsx';
import type { Done } from '../workspace/commander.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { useWorkspace } from '../workspace/workspace-context.tsx';
import { stopSelecting } from './selected-tasks.ts';

type Move = NonNullable<TaskCommandInput['move']>;

/** Everything that the page does to tasks. Each shows at once and says afterwards how it can be taken back. */
export interface TaskActions {
  create(input: CreateTaskInput): void;
  /** with `base`, the task as it was when the user began, what others changed meanwhile is a conflict */
  update(id: string, input: UpdateTaskInput, base?: TaskFieldsFragment): void;
  setCompleted(task: TaskFieldsFragment, completed: boolean): void;
  move(move: Move): void;
  remove(task: TaskFieldsFragment): void;
  /** `does` says in words what has become of them */
  updateAll(ids: readonly string[], set: UpdateTaskInput, does: string): void;
  removeAll(ids: readonly string[]): void;
  /** Takes back what was done last. */
  undo(): void;
}

/** What was done last, of all components. */
const lastToken = createUserStore<string | undefined>(undefined);

export function useTaskActions(): TaskActions {
  const workspace = useWorkspace();
  return useMemo(() => createActions(workspace), [workspace]);
}

function createActions(workspace: Workspace): TaskActions {
  const { user, commander, client, lists } = workspace;

  async function perform(command: Omit<TaskCommandInput, 'id'>, words?: string, base?: TaskFieldsFragment) {
    tellOf(await commander.perform({ id: crypto.randomUUID(), ...command }, base), words);
  }

  async function performAll(taskIds: readonly string[], does: string, set?: UpdateTaskInput): Promise<void> {
    if (taskIds.length === 0) return;
    stopSelecting();
    const done = await commander.performAll({ id: crypto.randomUUID(), taskIds, ...(set ? { set } : {}) });
    tellOf(done, `${taskIds.length === 1 ? '1 task' : `${taskIds.length} tasks`} ${does}`);
  }

  function tellOf(done: Done | undefined, words?: string): void {
    if (!done || !isSignedIn(user)) return;
    const token = done.undoToken;
    lastToken.set(token);
    // Of two toasts each takes back its own.
    if (words) showToast(words, token ? { label: 'Undo', run: () => void takeBack(token) } : undefined);
  }

  async function takeBack(token: string): Promise<void> {
    if (lastToken.get() === token) lastToken.set(undefined);
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
    const token = lastToken.get();
    if (token) void takeBack(token);
  }

  return {
    create: (input) => void perform({ create: { id: crypto.randomUUID(), ...input } }),
    update: (id, input, base) => void perform({ update: { id, input } }, undefined, base),
    setCompleted: ({ id }, completed) =>
      void perform({ update: { id, input: { completed } } }, completed ? 'Completed' : 'Open again'),
    move: (move) => void perform({ move }),
    remove: ({ id, title }) => void perform({ delete: { id } }, `“${shortened(title)}” is in the trash`),
    updateAll: (ids, set, does) =>
      void performAll(
        ids.filter((id) => readTask(client.cache, id)),
        does,
        set,
      ),
    removeAll: (ids) => void performAll(outermost(client.cache, ids), 'in the trash'),
    undo,
  };
}

function shortened(title: string): string {
  return title.length > 32 ? `${title.slice(0, 30)}…` : title;
}
