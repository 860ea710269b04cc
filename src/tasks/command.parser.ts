import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../core/actor.ts';
import { AppError } from '../core/errors.ts';
import { fingerprintOf } from '../core/fingerprint.ts';
import { parseInput, underPath } from '../core/validation.ts';
import { CONTENTS, type FormedCommand } from './command.inputs.ts';
import type { AppliedCommand } from './command.store.ts';
import type { AsOf } from './task.criteria.ts';
import { definedOf } from './task.fields.ts';
import { moveInput } from './task.inputs.ts';
import type { TaskStore } from './task.store.ts';
import type { TaskRow } from './task.ts';
import { changeTask, createUnder, draftOf, moveOf, moveTask, toggleTask, updateOf } from './task.writes.ts';

/** A command that can be tried; `taskId` is chosen for a new task too. */
export interface Command extends AppliedCommand {
  readonly deletes: boolean;
  run(store: TaskStore): Promise<TaskRow>;
}

/** One that cannot. */
export interface FaultyCommand {
  readonly id: string;
  readonly fault: AppError;
}

/** What a command asks for, or what is wrong with it. */
export function parseCommand(command: FormedCommand, actor: Actor, asOf: AsOf): Command | FaultyCommand {
  try {
    return commandOf(command, actor, asOf);
  } catch (error) {
    if (error instanceof AppError) return { id: command.id, fault: error };
    throw error;
  }
}

/** @throws BadUserInputError */
function commandOf({ id, kind, content }: FormedCommand, actor: Actor, asOf: AsOf): Command {
  const command = (taskId: string, asked: readonly unknown[], work: Command['run'], path: string = kind): Command => {
    const run = (store: TaskStore) => underPath(path, () => work(store));
    return { id, taskId, fingerprint: fingerprintOf([kind, ...asked]), deletes: kind === 'delete', run };
  };
  switch (kind) {
    case 'create': {
      const { id: chosen, ...fields } = parseInput(CONTENTS.create, content, kind);
      const [taskId, draft] = [chosen ?? uuidv7(), draftOf(fields)];
      return command(taskId, [chosen, draft], (store) => createUnder(store, actor, { ...draft, id: taskId }));
    }
    case 'update': {
      const { id: taskId, input, expectedVersion } = parseInput(CONTENTS.update, content, kind);
      const [changes, versions] = [definedOf(input), versionsOf(expectedVersion)];
      const run = (store: TaskStore) => changeTask(store, actor, taskId, updateOf(input, asOf), versions);
      return command(taskId, [taskId, changes, versions], run, 'update.input');
    }
    case 'delete': {
      const { id: taskId, expectedVersion } = parseInput(CONTENTS.delete, content, kind);
      const [changes, versions] = [{ deletedAt: new Date(asOf.now) }, versionsOf(expectedVersion)];
      return command(taskId, [taskId, versions], (store) => changeTask(store, actor, taskId, () => changes, versions));
    }
    case 'move': {
      const { id: taskId, ...place } = parseInput(CONTENTS.move, content, kind);
      const move = moveOf(taskId, parseInput(moveInput, place, kind));
      return command(taskId, [move], (store) => moveTask(store, actor, move));
    }
    case 'toggle': {
      const { id: taskId } = parseInput(CONTENTS.toggle, content, kind);
      return command(taskId, [taskId], (store) => toggleTask(store, actor, taskId, asOf));
    }
  }
}

function versionsOf(expectedVersion: number | null | undefined): number[] | undefined {
  return expectedVersion == null ? undefined : [expectedVersion];
}
