import { createOnce, type Once } from '../core/once.ts';
import { UNPLANNED } from './task.record.ts';
import type { TaskStore } from './task.store.ts';

export const createTaskOnce = (store: TaskStore): Once<TaskStore> => createOnce(store, withPlan);

/** An answer that an earlier version of the server has kept knows nothing of plans. */
function withPlan<Answer>(answer: Answer): Answer {
  const isTask = typeof answer === 'object' && answer !== null && 'completedAt' in answer;
  return isTask && !('priority' in answer) ? { ...UNPLANNED, ...answer } : answer;
}
