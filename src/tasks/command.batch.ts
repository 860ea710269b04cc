import type { Actor } from '../core/actor.ts';
import { AppError, ConflictError, ForbiddenError } from '../core/errors.ts';
import { inTurns } from '../core/in-turns.ts';
import { parseInput } from '../core/validation.ts';
import { type TaskCommandBatch, taskCommandBatch } from './command.inputs.ts';
import { type Command, type FaultyCommand, parseCommand } from './command.parser.ts';
import type { AppliedCommand } from './command.store.ts';
import type { AsOf } from './task.criteria.ts';
import type { TaskStore } from './task.store.ts';
import type { TaskRow } from './task.ts';

/** What became of a command. REPLAYED: it was applied before, and not again. NOT_APPLIED: for the sake of another one. */
export const TASK_COMMAND_STATUSES = ['APPLIED', 'REPLAYED', 'FAILED', 'NOT_APPLIED'] as const;
export type TaskCommandStatus = (typeof TASK_COMMAND_STATUSES)[number];

export interface TaskCommandResult {
  /** of the command */
  id: string;
  status: TaskCommandStatus;
  /** after the command; after the batch, where it was replayed or in conflict. Null where there is none. */
  task: TaskRow | null;
  deletedTaskId: string | null;
  /** of a command that failed, and of no other */
  error: AppError | null;
}

/**
 * What became of a command before it is known which tasks there are at the end. `taskId` where the task as it is then is
 * to be told: in the order of the results, the last that is told of a task is how it is.
 */
interface Outcome {
  status: TaskCommandStatus;
  task?: TaskRow;
  deletedTaskId?: string;
  error?: AppError;
  taskId?: string;
}

/** @throws BadUserInputError for a batch of a wrong form; what commands are refused for stands in their results */
export async function applyCommands(
  store: TaskStore,
  actor: Actor,
  batch: TaskCommandBatch,
  asOf: AsOf,
): Promise<TaskCommandResult[]> {
  const { commands: formed, atomic } = parseInput(taskCommandBatch, batch);
  const commands: ReturnType<typeof parseCommand>[] = [];
  for await (const command of inTurns(formed)) commands.push(parseCommand(command, actor, asOf));
  const taskIds = commands.flatMap((command) => ('fault' in command ? [] : command.taskId));
  const named = { ids: commands.map(({ id }) => id), taskIds };
  return store.applyCommands(actor.userId, named, async ({ store: within, known, tentatively, remember }) => {
    const run = (inner: TaskStore) => outcomesOf(inner, commands, known, atomic);
    const tried = atomic ? await tentatively(run, isWhole) : await run(within);
    const outcomes = atomic && !isWhole(tried) ? takenBack(commands, tried, known) : tried;
    await remember(appliedOf(commands, outcomes));
    return resultsOf(within, actor, commands, outcomes);
  });
}

/** One after the other; with `untilFailure` up to the first that fails. */
async function outcomesOf(
  store: TaskStore,
  commands: readonly (Command | FaultyCommand)[],
  known: ReadonlyMap<string, AppliedCommand>,
  untilFailure: boolean,
): Promise<Outcome[]> {
  const applied = new Map(known);
  const outcomes: Outcome[] = [];
  for (const command of commands) {
    const outcome = await outcomeOf(store, command, applied);
    outcomes.push(outcome);
    if (outcome.status === 'APPLIED' && 'run' in command) applied.set(command.id, command);
    if (outcome.status === 'FAILED' && untilFailure) break;
  }
  return outcomes;
}

async function outcomeOf(
  store: TaskStore,
  command: Command | FaultyCommand,
  applied: ReadonlyMap<string, AppliedCommand>,
): Promise<Outcome> {
  if ('fault' in command) return { status: 'FAILED', error: command.fault };
  const replay = replayOf(command, applied);
  if (replay) return replay;
  if (applied.has(command.id)) {
    return { status: 'FAILED', error: new ConflictError('This id was used for another command') };
  }
  try {
    const task = await command.run(store);
    return command.deletes ? { status: 'APPLIED', deletedTaskId: task.id } : { status: 'APPLIED', task };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const isStale = error.details.version !== undefined;
    return { status: 'FAILED', error, ...(isStale ? { taskId: command.taskId } : {}) };
  }
}

function replayOf(command: Command, applied: ReadonlyMap<string, AppliedCommand>): Outcome | undefined {
  const earlier = applied.get(command.id);
  if (earlier?.fingerprint !== command.fingerprint) return undefined;
  return command.deletes
    ? { status: 'REPLAYED', deletedTaskId: earlier.taskId }
    : { status: 'REPLAYED', taskId: earlier.taskId };
}

/** What a single write would be refused for as well. That the database itself refuses something is no such thing. */
export function isRefusal(error: unknown): error is AppError {
  if (!(error instanceof AppError)) return false;
  return ['BAD_USER_INPUT', 'NOT_FOUND', 'CONFLICT'].includes(error.code) || error instanceof ForbiddenError;
}

const isWhole = (outcomes: readonly Outcome[]) => outcomes.every(({ status }) => status !== 'FAILED');

/** After one has failed: what was applied by earlier batches stays so, and everything else is as if it had not been sent. */
function takenBack(
  commands: readonly (Command | FaultyCommand)[],
  outcomes: readonly Outcome[],
  known: ReadonlyMap<string, AppliedCommand>,
): Outcome[] {
  return commands.map((command, index) => {
    const outcome = outcomes[index];
    if (outcome?.status === 'FAILED') return outcome;
    const replay = 'fault' in command ? undefined : replayOf(command, known);
    return replay ?? { status: 'NOT_APPLIED' };
  });
}

function appliedOf(commands: readonly (Command | FaultyCommand)[], outcomes: readonly Outcome[]): AppliedCommand[] {
  return commands.flatMap((command, index) => {
    if (outcomes[index]?.status !== 'APPLIED' || 'fault' in command) return [];
    const { id, fingerprint, taskId } = command;
    return { id, fingerprint, taskId };
  });
}

async function resultsOf(
  store: TaskStore,
  { userId }: Actor,
  commands: readonly (Command | FaultyCommand)[],
  outcomes: readonly Outcome[],
): Promise<TaskCommandResult[]> {
  const wanted = [...new Set(outcomes.flatMap(({ taskId }) => taskId ?? []))];
  const rows = wanted.length === 0 ? [] : await store.byIds(userId, wanted);
  const tasks = new Map(rows.map((task) => [task.id, task]));
  return outcomes.map(({ status, task, taskId, deletedTaskId = null, error = null }, index) => {
    const current = task ?? tasks.get(taskId ?? '') ?? null;
    const isStale = error !== null && taskId !== undefined;
    return {
      id: commands[index]?.id ?? '',
      status,
      task: current,
      deletedTaskId,
      error: isStale ? new ConflictError(error.message, current?.version) : error,
    };
  });
}
