import { ConflictError } from '../core/errors.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { databaseWithin } from '../db/transaction-database.ts';
import type { Queryable, UserDatabase } from '../db/user-database.ts';
import { TAKE_TURN } from './command.store.ts';
import { type Rank, rankBetween, respread } from './task.rank.ts';
import type { WrittenTask } from './task.record.ts';
import { TASK_COLUMNS, type TaskRow } from './task.ts';
import { OWN_TASKS } from './task.view.ts';
import type { Change } from './undo.token.ts';

/** Where a task is to stand: directly before or directly after another one. */
export interface Move {
  /** of the task that is moved */
  id: string;
  anchorId: string;
  side: 'before' | 'after';
  versions?: readonly number[] | undefined;
}

/** What of a move is not there. */
export type MoveTarget = 'task' | 'anchor';

/** A task and its rank, or the end of the list. */
interface Neighbour {
  id: string | null;
  rank: Rank | null;
}

const OWN = 'user_id = $1 and deleted_at is null';
const PLACE = '(task_rank(rank, created_at, id) collate "C")';
/** Neighbours that are read on each side; more of them where room must be made. */
const REACH = 2;
const WIDER = 32;

const HOLD = `select version, ${PLACE} as place from tasks where id = $2 and ${OWN} for no key update`;
const ANCHOR = `select ${PLACE} as place from tasks where id = $2 and ${OWN}`;
/** With ids, as lists have it: the file of an import may give several tasks one place. */
const BEFORE = `
  select id, ${PLACE} as rank from ${OWN_TASKS}
  where ${OWN} and id <> $2 and (${PLACE}, id) <= ($3, $5::uuid) order by ${PLACE} desc, id desc limit $4`;
const AFTER = `
  select id, ${PLACE} as rank from ${OWN_TASKS}
  where ${OWN} and id <> $2 and (${PLACE}, id) > ($3, $5::uuid) order by ${PLACE}, id limit $4`;
const RANK = `update tasks set rank = $3 where id = $2 and ${OWN} returning ${TASK_COLUMNS}`;
const RANK_ALL = `
  update tasks set rank = given.rank from unnest($2::uuid[], $3::text[]) as given (id, rank)
  where tasks.id = given.id and ${OWN} and tasks.rank is distinct from given.rank
  returning tasks.id, tasks.version`;

/** In one order for all, and before the first write locks the owner's row. */
const HOLD_ALL = `select id from tasks where id = any($2::uuid[]) and ${OWN} order by id for no key update`;

/**
 * Moves one own task. It writes no other row, unless there is no short rank left between its new neighbours: then some of
 * them are ranked anew. Moves of one user take turns, and turns with batches of commands, so that no two tasks get one rank.
 * @throws ConflictError with the current version when `versions` are given and do not hold it
 */
export function moveTask(database: IsolatedDatabase, userId: string, move: Move): Promise<WrittenTask | MoveTarget> {
  return database.as(userId).transaction(async (manager) => {
    const user = databaseWithin(manager, userId).as(userId);
    await user.query(TAKE_TURN, [userId]);
    return moveInTurn(user, userId, move);
  });
}

async function moveInTurn(
  user: UserDatabase,
  userId: string,
  { id, anchorId, side, versions }: Move,
): Promise<WrittenTask | MoveTarget> {
  const [task] = await user.query<{ version: number; place: Rank }>(HOLD, [userId, id]);
  if (!task) return 'task';
  if (versions && !versions.includes(task.version)) {
    throw new ConflictError('The task has changed since it was read', task.version);
  }
  const [anchor] = await user.query<{ place: Rank }>(ANCHOR, [userId, anchorId]);
  if (!anchor || anchorId === id) return 'anchor';
  const around = await neighbours(user, userId, id, { anchorId, place: anchor.place }, REACH);
  const index = placeOf(around, anchorId, side);
  const [low, high] = [around[index - 1]?.rank ?? null, around[index]?.rank ?? null];
  if ((low === null || low < task.place) && (high === null || task.place < high)) {
    const [row] = await user.query<TaskRow>(`select ${TASK_COLUMNS} from tasks where id = $2 and ${OWN}`, [userId, id]);
    return { ...row!, isUnchanged: true as const };
  }
  const rank = rankBetween(low, high);
  const room = rank === undefined ? await makeRoom(user, userId, { id, anchorId, side }, anchor.place) : undefined;
  const [moved] = await user.query<TaskRow>(RANK, [userId, id, rank ?? room?.rank]);
  return moved ? { ...moved, ...(room && { besides: room.others }) } : 'task';
}

/** In order, with an end of the list at either side where it was reached. */
async function neighbours(
  user: Queryable,
  userId: string,
  id: string,
  { anchorId, place }: { anchorId: string; place: Rank },
  reach: number,
): Promise<Neighbour[]> {
  const before = await user.query<Neighbour>(BEFORE, [userId, id, place, reach, anchorId]);
  const after = await user.query<Neighbour>(AFTER, [userId, id, place, reach, anchorId]);
  const end = (found: Neighbour[]) => (found.length < reach ? [{ id: null, rank: null }] : []);
  return [...end(before), ...before.reverse(), ...after, ...end(after)];
}

function placeOf(around: readonly Neighbour[], anchorId: string, side: Move['side']): number {
  return around.findIndex((neighbour) => neighbour.id === anchorId) + (side === 'after' ? 1 : 0);
}

/** Ranks neighbours anew, as few as will do, and answers the rank between them and what was done to them. */
async function makeRoom(
  user: Queryable,
  userId: string,
  { id, anchorId, side }: Move,
  place: Rank,
): Promise<{ rank: Rank; others: Change[] }> {
  for (let reach = WIDER; ; reach *= 2) {
    const around = await neighbours(user, userId, id, { anchorId, place }, reach);
    const index = placeOf(around, anchorId, side);
    const spread = respread(
      around.map(({ rank }) => rank),
      index,
    );
    if (!spread) continue;
    const own = index - spread.start;
    const others = spread.ranks.toSpliced(own, 1);
    const ids = around.slice(spread.start, spread.start + others.length).map((neighbour) => neighbour.id);
    await user.query(HOLD_ALL, [userId, ids]);
    return { rank: spread.ranks[own]!, others: await user.query<Change>(RANK_ALL, [userId, ids, others]) };
  }
}
