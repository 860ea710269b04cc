import { randomUUID } from 'node:crypto';
import type { Actor } from '../../../src/core/actor.ts';
import type { Services } from '../../../src/services.ts';
import type { TaskCommandBatch } from '../../../src/tasks/command.inputs.ts';
import type { CreateTaskInput, UpdateTaskInput } from '../../../src/tasks/task.inputs.ts';

/** Commands as a device makes them, each under an id of its own unless it is named. */

export type SentCommand = TaskCommandBatch['commands'][number];

export function creation(create: Partial<CreateTaskInput> = {}, id: string = randomUUID()): SentCommand {
  return { id, create: { title: 'Made offline', ...create } };
}

export function update(
  id: string,
  input: UpdateTaskInput,
  expectedVersion?: number,
  command: string = randomUUID(),
): SentCommand {
  return { id: command, update: { id, input, expectedVersion } };
}

export function deletion(id: string, expectedVersion?: number, command: string = randomUUID()): SentCommand {
  return { id: command, delete: { id, expectedVersion } };
}

export function toggle(id: string, command: string = randomUUID()): SentCommand {
  return { id: command, toggle: { id } };
}

/** The results of a batch that is not atomic. */
export function applying({ tasks }: Services, actor: Actor) {
  return (...commands: SentCommand[]) => tasks.applyCommands(actor, { commands });
}

export const statusesOf = (results: readonly { status: string }[]) => results.map(({ status }) => status);
