import type { Timestamp } from '../core/timestamp.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { READ } from '../db/user-database.ts';

/** What the server knows of a user. */
export interface UserRow {
  id: string;
  email: string | null;
  name: string | null;
  createdAt: Timestamp;
  /** tokens issued up to this moment are refused */
  tokensValidAfter: Timestamp | null;
  deletedAt: Timestamp | null;
  /** where the user's days begin: an IANA name */
  timeZone: string | null;
}

export interface UserStore {
  find(userId: string): Promise<UserRow | undefined>;
  /** Creates the row, or takes over e-mail and name of a newer token; an erased account stays erased. */
  upsert(
    userId: string,
    profile: { email: string | null; name: string | null },
  ): Promise<{ user: UserRow; isNew: boolean }>;
  /** The random part of the ids of imported tasks, the same for as long as there is the row. */
  importSalt(userId: string): Promise<string | undefined>;
  revokeTokens(userId: string, validAfter: Date): Promise<void>;
  /** `undefined` for a user without a row */
  setTimeZone(userId: string, timeZone: string | null): Promise<UserRow | undefined>;
  /**
   * Deletes everything the user owns and leaves a row that says only that this id is gone. Security events stay until
   * they are old: they hold nothing of the user but id and address, and show who erased what, when it was somebody else.
   */
  erase(userId: string, deletedAt: Date): Promise<void>;
}

/** What tells which requests were carried out. */
const DELETE_KEYS = 'delete from idempotency_keys where user_id = ?';
const DELETE_COMMANDS = 'delete from applied_commands where user_id = ?';

/** What tasks refer to, and so goes after them. */
const LABELS = ['tags', 'lists'];

const COLUMNS =
  'id, email, name, created_at as "createdAt", tokens_valid_after as "tokensValidAfter", deleted_at as "deletedAt", time_zone as "timeZone"';

export function createUserStore(database: IsolatedDatabase): UserStore {
  return {
    async find(userId) {
      const [user] = await database
        .as(userId)
        .query<UserRow>(`select ${COLUMNS} from users where id = $1`, [userId], READ);
      return user;
    },

    async upsert(userId, { email, name }) {
      const [row] = await database.as(userId).query<UserRow & { isNew: boolean }>(
        `insert into users (id, email, name) values ($1, $2, $3)
         on conflict on constraint users_pkey do update set
           email = case when users.deleted_at is null then coalesce(excluded.email, users.email) end,
           name = case when users.deleted_at is null then coalesce(excluded.name, users.name) end
         returning ${COLUMNS}, xmax = 0 as "isNew"`,
        [userId, email, name],
      );
      if (!row) throw new Error('an upsert returned no row');
      const { isNew, ...user } = row;
      return { user, isNew };
    },

    async importSalt(userId) {
      const [row] = await database
        .as(userId)
        .query<{ salt: string }>('select import_salt as salt from users where id = $1', [userId], READ);
      return row?.salt;
    },

    async revokeTokens(userId, validAfter) {
      await database
        .as(userId)
        .query('update users set tokens_valid_after = greatest(tokens_valid_after, $2::timestamptz) where id = $1', [
          userId,
          validAfter,
        ]);
    },

    async setTimeZone(userId, timeZone) {
      // Counted as a change: what is due today may be other tasks from now on, and answers are kept under the count.
      const [user] = await database
        .as(userId)
        .query<UserRow>(
          `update users set time_zone = $2, rev = rev + 1 where id = $1 and deleted_at is null returning ${COLUMNS}`,
          [userId, timeZone],
        );
      return user;
    },

    erase: (userId, deletedAt) =>
      database.as(userId).transaction(async (manager) => {
        // In the order in which a write of a task takes its locks, key, task and user: the other way round they deadlock.
        for (const statement of [DELETE_KEYS, DELETE_COMMANDS]) await manager.execute(statement, [userId]);
        await manager.execute('select id from tasks where user_id = ? order by id for no key update', [userId]);
        await manager.execute(
          'update users set email = null, name = null, time_zone = null, deleted_at = ?, tokens_valid_after = ? where id = ?',
          [deletedAt, deletedAt, userId],
        );
        // All at once: a subtask that is left for another statement would be changed, and its owner is no more.
        await manager.execute('delete from tasks where user_id = ?', [userId]);
        for (const table of LABELS) await manager.execute(`delete from ${table} where user_id = ?`, [userId]);
        // Once more: while the user's row was waited for, others may have kept a key.
        for (const statement of [DELETE_KEYS, DELETE_COMMANDS]) await manager.execute(statement, [userId]);
      }),
  };
}
