import { UnauthenticatedError } from '../core/errors.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { databaseWithin } from '../db/transaction-database.ts';
import type { Queryable } from '../db/user-database.ts';

/** A command that was applied, and what tells it from others. */
export interface AppliedCommand {
  /** chosen by the user's device; another user's is another command */
  readonly id: string;
  /** of all that it asked for */
  readonly fingerprint: string;
  /** the task that it was about, or that it made */
  readonly taskId: string;
}

/** What a batch is about to do, as far as it has to be known before. */
export interface NamedCommands<Store> {
  readonly ids: readonly string[];
  /** of tasks that are there or will be; found out when it is the batch's turn, if they are not known before */
  readonly taskIds: readonly string[] | ((store: Store) => Promise<readonly string[]>);
}

/** A transaction that has the user's other batches wait, and the tasks that are named to itself. */
export interface CommandTransaction<Store> {
  readonly store: Store;
  /** the commands of the batch that were applied before, by their ids */
  readonly known: ReadonlyMap<string, AppliedCommand>;
  /** Does `work` and takes it back unless its outcome is to be kept. */
  tentatively<Outcome>(
    work: (store: Store) => Promise<Outcome>,
    isKept: (outcome: Outcome) => boolean,
  ): Promise<Outcome>;
  /** Has the commands known from now on, if the transaction comes to its end. */
  remember(commands: readonly AppliedCommand[]): Promise<void>;
}

/** Beside the user's id, what the lock of the user's batches is named by. */
const BATCHES = '7307119427';
export const TAKE_TURN = `select pg_advisory_xact_lock(hashtextextended($1, ${BATCHES}))`;

const KNOWN = `
  select id, fingerprint, task_id as "taskId" from applied_commands where user_id = $1 and id = any($2::uuid[])`;

/**
 * In one order for all, with subtasks, which go with a task that is deleted, and before the first write locks the owner's
 * row: single writes lock the task and then the owner.
 */
const HOLD_TASKS = `
  with recursive named (id) as (
    select id from tasks where id = any($2::uuid[]) and user_id = $1 and deleted_at is null
    union
    select tasks.id from named join tasks on tasks.parent_id = named.id where tasks.user_id = $1
  )
  select tasks.id from named join tasks on tasks.id = named.id order by tasks.id for no key update of tasks`;

/** The lock on the owner's row keeps an erasure at the same time from missing the commands. */
const REMEMBER = `
  with owner as (select id from users where id = $1 and deleted_at is null for share)
  insert into applied_commands (user_id, id, fingerprint, task_id)
  select owner.id, given.id, given.fingerprint, given."taskId"
  from owner, jsonb_to_recordset($2::jsonb) as given (id uuid, fingerprint text, "taskId" uuid)
  returning id`;

/** Leaves a savepoint that is to be taken back, and nothing else. */
class TakenBack extends Error {}

/**
 * Runs a batch of commands: what it does and what is remembered of it are one transaction, so that a command is known if
 * and only if it was applied. It runs once more where it is not known whether it did. Locks are taken in the order that
 * all writes keep: the batches of the user, tasks by their ids, the owner.
 */
export function inCommandTransaction<Store, Answer>(
  database: IsolatedDatabase,
  userId: string,
  { ids, taskIds }: NamedCommands<Store>,
  storeOf: (within: IsolatedDatabase) => Store,
  work: (transaction: CommandTransaction<Store>) => Promise<Answer>,
): Promise<Answer> {
  return database.as(userId).transaction(
    async (manager) => {
      const within = databaseWithin(manager, userId);
      const user = within.as(userId);
      await user.query(TAKE_TURN, [userId]);
      const known = await user.query<AppliedCommand>(KNOWN, [userId, ids]);
      const store = storeOf(within);
      await user.query(HOLD_TASKS, [userId, typeof taskIds === 'function' ? await taskIds(store) : taskIds]);
      return work({
        store,
        known: new Map(known.map((command) => [command.id, command])),
        tentatively: (attempt, isKept) => tentatively(within, userId, (inner) => attempt(storeOf(inner)), isKept),
        remember: (commands) => remember(user, userId, commands),
      });
    },
    { isRepeatable: true },
  );
}

async function tentatively<Outcome>(
  within: IsolatedDatabase,
  userId: string,
  work: (inner: IsolatedDatabase) => Promise<Outcome>,
  isKept: (outcome: Outcome) => boolean,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  try {
    return await within.as(userId).transaction(async (manager) => {
      outcome = await work(databaseWithin(manager, userId));
      if (!isKept(outcome)) throw new TakenBack();
      return outcome;
    });
  } catch (error) {
    if (error instanceof TakenBack) return outcome as Outcome;
    throw error;
  }
}

async function remember(user: Queryable, userId: string, commands: readonly AppliedCommand[]): Promise<void> {
  if (commands.length === 0) return;
  const remembered = await user.query(REMEMBER, [userId, JSON.stringify(commands)]);
  if (remembered.length === 0) throw new UnauthenticatedError('invalid_token', 'The account does not exist');
}
