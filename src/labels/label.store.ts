import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { announcing } from '../core/change-hints.ts';
import { ConflictError, ServiceUnavailableError } from '../core/errors.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { type KeyedAnswer, type KeyedRequest, once } from '../db/once.ts';
import { READ } from '../db/user-database.ts';
import { LABEL_ENTITIES } from './label.entities.ts';
import type { LabelKind, LabelRow } from './label.ts';

export interface NewLabel {
  id: string;
  name: string;
  color: string | null;
}

export type LabelChanges = { name?: string; color?: string | null };

/** Numbers of the tasks in a list, deleted ones left out. */
export interface ListCounts {
  listId: string;
  total: number;
  completed: number;
}

/** Where tags and lists are kept. */
export interface LabelStore {
  /** all of the user's, by their names */
  all(userId: string, kind: LabelKind): Promise<LabelRow[]>;
  byIds(userId: string, kind: LabelKind, ids: readonly string[]): Promise<LabelRow[]>;
  countsOfLists(userId: string, listIds: readonly string[]): Promise<ListCounts[]>;
  /** @throws ConflictError when id or name are taken, BadUserInputError when there are too many */
  insert(userId: string, kind: LabelKind, label: NewLabel): Promise<LabelRow>;
  /**
   * Changes one of the user's own; `undefined` when there is none.
   * @throws ConflictError when the name is taken; with the current version when `versions` are given and do not hold it
   */
  change(
    userId: string,
    kind: LabelKind,
    id: string,
    changes: LabelChanges,
    versions?: readonly number[],
  ): Promise<LabelRow | undefined>;
  /** Tasks lose the tag, or are in no list then. Answers whether there was one; throws as `change` does. */
  remove(userId: string, kind: LabelKind, id: string, versions?: readonly number[]): Promise<boolean>;
  /** As that of tasks: the work is done once for each key. */
  once<Answer>(
    userId: string,
    request: KeyedRequest,
    work: (store: LabelStore, id: string) => Promise<Answer>,
  ): Promise<KeyedAnswer<Answer>>;
}

const COLUMNS = 'id, name, color, created_at as "createdAt", updated_at as "updatedAt", version';

const HOLD_OWNER = 'select from users where id = ? for no key update';
/** Of the changes of so many tasks. */
const RESERVE = 'select reserve_task_numbers(?, ?)';
/** Those that are changed when one goes. Looked up one by one, as the trigger `tags_untag` does and for its reason. */
const HOLD_TASKS: Record<LabelKind, string> = {
  tags: `
    select held.id from (
      select user_id, task_id from task_tags where user_id = ? and tag_id = ? order by task_id
    ) as tagged cross join lateral (
      select id from tasks where user_id = tagged.user_id and id = tagged.task_id for no key update
    ) as held`,
  lists: 'select id from tasks where user_id = ? and list_id = ? order by id for no key update',
};

/** Once the owner is held nobody else gives the label to a task. */
const COUNT_TASKS: Record<LabelKind, string> = {
  tags: 'select count(*)::int as count from task_tags where user_id = ? and tag_id = ?',
  lists: 'select count(*)::int as count from tasks where user_id = ? and list_id = ?',
};
const TRIES = 5;

/** A task got the label before the owner was held: to hold it now would be the other way round. */
class Overtaken extends Error {}

/** Tags and lists in PostgreSQL. */
export function createLabelStore(database: IsolatedDatabase): LabelStore {
  /**
   * Works on one of the user's own, held until the end. Writes of tasks hold a task, then the owner, then the tags and the
   * list that they name: so does this.
   */
  function held<Result>(
    userId: string,
    kind: LabelKind,
    id: string,
    versions: readonly number[] | undefined,
    work: (manager: EntityManager, label: Label) => Promise<Result>,
    hasTasks = false,
  ): Promise<Result | undefined> {
    return database.as(userId).transaction(async (manager) => {
      const tasks = hasTasks ? await manager.execute(HOLD_TASKS[kind], [userId, id]) : [];
      await manager.execute(HOLD_OWNER, [userId]);
      if (hasTasks) {
        const [tagged] = await manager.execute<{ count: number }[]>(COUNT_TASKS[kind], [userId, id]);
        if (tagged && tagged.count > tasks.length) throw new Overtaken();
      }
      const place = { id, userId };
      const label = await manager.findOne(LABEL_ENTITIES[kind], place, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!label) return undefined;
      if (versions && !versions.includes(label.version)) {
        throw new ConflictError('It has changed since it was read', label.version);
      }
      if (tasks.length > 1) await manager.execute(RESERVE, [userId, tasks.length]);
      return work(manager, label);
    });
  }

  return {
    all: (userId, kind) =>
      database
        .as(userId)
        .query(`select ${COLUMNS} from ${kind} where user_id = $1 order by lower(name), id`, [userId], READ),
    byIds: (userId, kind, ids) =>
      database
        .as(userId)
        .query(`select ${COLUMNS} from ${kind} where user_id = $1 and id = any($2::uuid[])`, [userId, ids], READ),
    countsOfLists: (userId, listIds) =>
      database.as(userId).query(
        `select list_id as "listId", count(*)::int as total, (count(*) filter (where completed))::int as completed
         from tasks where user_id = $1 and list_id = any($2::uuid[]) and deleted_at is null group by list_id`,
        [userId, listIds],
        READ,
      ),

    insert: (userId, kind, label) =>
      database.as(userId).unitOfWork(async (manager) => {
        const entity = Object.assign(new LABEL_ENTITIES[kind](), label, { userId });
        await manager.persist(entity).flush();
        return rowOf(entity);
      }),

    change: (userId, kind, id, changes, versions) =>
      held(userId, kind, id, versions, async (manager, label) => {
        Object.assign(label, changes);
        await manager.flush();
        return rowOf(label);
      }),

    async remove(userId, kind, id, versions) {
      const remove = async (manager: EntityManager, label: Label) => {
        await manager.remove(label).flush();
        return true;
      };
      for (let tries = 1; ; tries++) {
        try {
          return (await held(userId, kind, id, versions, remove, true)) ?? false;
        } catch (error) {
          if (!(error instanceof Overtaken) || tries >= TRIES) throw error instanceof Overtaken ? busy(error) : error;
        }
      }
    },

    once: (userId, request, work) =>
      once(database, userId, request, (within, id) => work(createLabelStore(within), id)),
  };
}

function busy(cause: unknown): ServiceUnavailableError {
  return new ServiceUnavailableError('It is given to too many tasks at once, try again', 1, cause);
}

type Label = InstanceType<(typeof LABEL_ENTITIES)[LabelKind]>;

function rowOf({ id, name, color, createdAt, updatedAt, version }: Label): LabelRow {
  return {
    id,
    name,
    color: color ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    version,
  };
}

/** The same store, which calls `changed` with the user's id after each write, as that of tasks does. */
export function announceLabels(store: LabelStore, changed: (userId: string) => void): LabelStore {
  const announced = announcing(changed);
  return {
    ...store,
    insert: (userId, ...asked) => announced(userId, store.insert(userId, ...asked)),
    change: (userId, ...asked) => announced(userId, store.change(userId, ...asked)),
    remove: (userId, ...asked) => announced(userId, store.remove(userId, ...asked)),
    once: (userId, ...asked) => announced(userId, store.once(userId, ...asked)),
  };
}
