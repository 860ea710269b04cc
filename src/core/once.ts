import type { Actor } from './actor.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type IdempotencyKey, idempotencyKey } from './idempotency-key.ts';
import { parseInput } from './validation.ts';

/** A store that remembers what was done under a key: `src/db/once.ts` stands behind it. */
export interface KeyedStore<Store> {
  once<Answer>(
    userId: string,
    request: { key: string; fingerprint: string; taskId: string },
    work: (store: Store, id: string) => Promise<Answer>,
  ): Promise<{ answer: Answer; isReplay: boolean }>;
}

/** Does `work` at once, or under its key unless it was done before. `asked` is all that makes it another request. */
export type Once<Store> = <Answer>(
  actor: Actor,
  key: IdempotencyKey | undefined,
  /** the id of what it makes, or of what it is about */
  id: string,
  asked: readonly unknown[],
  work: (store: Store, id: string) => Promise<Answer>,
) => Promise<Answer>;

/** `renewed` makes an answer that an earlier version of the server has kept one of today. */
export function createOnce<Store extends KeyedStore<Store>>(
  store: Store,
  renewed: <Answer>(answer: Answer) => Answer = (answer) => answer,
): Once<Store> {
  return async (actor, key, id, asked, work) => {
    if (key === undefined) return work(store, id);
    const named = { key: parseInput(idempotencyKey, key.value, key.name), fingerprint: fingerprintOf(asked) };
    const { answer, isReplay } = await store.once(actor.userId, { ...named, taskId: id }, work);
    if (!isReplay) return answer;
    key.onReplay?.();
    return renewed(answer);
  };
}
