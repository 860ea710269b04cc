import { ConflictError, UnauthenticatedError } from '../core/errors.ts';
import type { IsolatedDatabase } from './database.ts';
import { databaseWithin } from './transaction-database.ts';
import type { Queryable } from './user-database.ts';

/** A request that its client has named, so that it is carried out once however often it comes. */
export interface KeyedRequest {
  /** 1 to 255 characters, of the user's choice; another user's is another key */
  readonly key: string;
  /** of the operation and all that it was asked with */
  readonly fingerprint: string;
  /** the task that it is about, or the id for the one that it makes */
  readonly taskId: string;
}

export interface KeyedAnswer<Answer> {
  readonly answer: Answer;
  /** given before, and now given again */
  readonly isReplay: boolean;
}

/** What a key stands for. */
interface Entry {
  fingerprint: string;
  taskId: string;
  /** none: the key is new, or an earlier version of the server has bound it to the id of a task and nothing more */
  answer: unknown;
}

/** How long a key is remembered; `purge_idempotency_keys` has the same. */
const IS_EXPIRED = "known.created_at <= now() - interval '24 hours'";

/**
 * Waits for the transaction that has the key now, if there is one, by the unique index, and answers what it left behind.
 * It locks no row of users: writes of tasks lock the task first, and the other way round they would deadlock.
 */
const CLAIM = `
  insert into idempotency_keys as known (user_id, key, fingerprint, task_id)
  select id, $2, $3, $4::uuid from users where id = $1 and deleted_at is null
  on conflict on constraint idempotency_keys_pkey do update set
    fingerprint = case when ${IS_EXPIRED} then excluded.fingerprint else known.fingerprint end,
    task_id = case when ${IS_EXPIRED} then excluded.task_id else known.task_id end,
    answer = case when ${IS_EXPIRED} then null else known.answer end,
    created_at = case when ${IS_EXPIRED} then excluded.created_at else known.created_at end
  returning fingerprint, task_id as "taskId", answer`;

/** The lock on the owner's row, the last to be taken, keeps an erasure at the same time from missing the key. */
const KEEP = `
  with owner as (select id from users where id = $1 and deleted_at is null for share)
  update idempotency_keys set answer = $3::json from owner where user_id = owner.id and key = $2
  returning key`;

/**
 * Carries out a request unless it was carried out before: key, changes and answer are one transaction, so that there is
 * an answer under the key if and only if the work is done. Of several at once one works and the others wait for it.
 * Work that fails leaves no key behind. `work` gets the id that the key is bound to.
 * @throws ConflictError when the key stands for another request
 */
export function once<Answer>(
  database: IsolatedDatabase,
  userId: string,
  request: KeyedRequest,
  work: (database: IsolatedDatabase, taskId: string) => Promise<Answer>,
): Promise<KeyedAnswer<Answer>> {
  const { key, fingerprint, taskId } = request;
  return database.as(userId).transaction(
    async (manager) => {
      const within = databaseWithin(manager, userId);
      const user = within.as(userId);
      const [entry] = await user.query<Entry>(CLAIM, [userId, key, fingerprint, taskId]);
      if (!entry) throw accountGone();
      if (entry.fingerprint !== fingerprint) {
        throw new ConflictError('This idempotency key was used for another request');
      }
      if (entry.answer !== null) return { answer: entry.answer as Answer, isReplay: true };
      const answer = await work(within, entry.taskId);
      await keep(user, userId, key, answer);
      return { answer, isReplay: false };
    },
    { isRepeatable: true },
  );
}

async function keep(user: Queryable, userId: string, key: string, answer: unknown): Promise<void> {
  const kept = await user.query(KEEP, [userId, key, JSON.stringify(answer)]);
  if (kept.length === 0) throw accountGone();
}

function accountGone(): UnauthenticatedError {
  return new UnauthenticatedError('invalid_token', 'The account does not exist');
}
