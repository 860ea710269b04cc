import type { Actor } from '../core/actor.ts';
import { fingerprintOf } from '../core/fingerprint.ts';
import { type IdempotencyKey, idempotencyKey } from '../core/idempotency-key.ts';
import { parseInput } from '../core/validation.ts';
import { UNPLANNED } from './task.record.ts';
import type { TaskStore } from './task.store.ts';

/** Does `work` at once, or under its key unless it was done before. `asked` is all that makes it another request. */
export type Once = <Answer>(
  actor: Actor,
  key: IdempotencyKey | undefined,
  /** the id of what it makes, or of what it is about */
  taskId: string,
  asked: readonly unknown[],
  work: (store: TaskStore, taskId: string) => Promise<Answer>,
) => Promise<Answer>;

export function createOnce(store: TaskStore): Once {
  return async (actor, key, taskId, asked, work) => {
    if (key === undefined) return work(store, taskId);
    const request = { key: parseInput(idempotencyKey, key.value, key.name), fingerprint: fingerprintOf(asked), taskId };
    const { answer, isReplay } = await store.once(actor.userId, request, work);
    if (!isReplay) return answer;
    key.onReplay?.();
    return withPlan(answer);
  };
}

/** An answer that an earlier version of the server has kept knows nothing of plans. */
function withPlan<Answer>(answer: Answer): Answer {
  const isTask = typeof answer === 'object' && answer !== null && 'completedAt' in answer;
  return isTask && !('priority' in answer) ? { ...UNPLANNED, ...answer } : answer;
}
