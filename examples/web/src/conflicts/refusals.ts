import type { Refusal } from '../apollo/offline-queue.ts';
import type { TaskFieldsFragment, UpdateTaskInput } from '../generated/graphql.ts';
import { createUserStore } from '../ui/store.ts';
import { showToast } from '../ui/toasts.tsx';

/** A change that meets another one: the user decides. */
export interface Conflict {
  readonly taskId: string;
  readonly mine: UpdateTaskInput;
  /** as the task is now; read when the conflict is shown, where the answer did not bring it */
  readonly theirs: TaskFieldsFragment | undefined;
  /** that `theirs` has: what is sent with it is refused again if somebody changes the task once more */
  readonly version: number;
}

export const conflicts = createUserStore<readonly Conflict[]>([]);

/** What was refused has been rolled back already; here the user hears of it. */
export function showRefusal({ command: { update }, problem, task }: Refusal): void {
  if (problem.code === 'CONFLICT' && problem.version !== undefined && update) {
    const conflict = { taskId: update.id, mine: update.input, theirs: task, version: problem.version };
    conflicts.set([...conflicts.get(), conflict]);
    return;
  }
  const [field] = problem.fields;
  showToast(field ? `Not saved: ${field.field} ${field.message}.` : `Not saved. ${problem.message}`);
}
