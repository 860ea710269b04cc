import { z } from 'zod';
import { expectedVersion } from '../core/input.schemas.ts';
import { type CreateTaskInput, createTaskInput, taskId, updateTaskInput } from './task.inputs.ts';

/**
 * What the service accepts as a batch of commands. Its form is judged as a whole: a device that sends another one is
 * wrong. What a command asks for is judged when it is its turn, so that one bad command does not hold up those after it.
 */

const MAXIMUM_COMMANDS = 100;

/** What each kind of command asks for. */
export const CONTENTS = {
  create: createTaskInput,
  update: z.strictObject(
    { id: taskId, input: updateTaskInput, expectedVersion: expectedVersion.nullish() },
    'must be an object',
  ),
  delete: z.strictObject({ id: taskId, expectedVersion: expectedVersion.nullish() }, 'must be an object'),
  toggle: z.strictObject({ id: taskId }, 'must be an object'),
  move: z.strictObject({ id: taskId, before: taskId.nullish(), after: taskId.nullish() }, 'must be an object'),
};
type CommandKind = keyof typeof CONTENTS;

/** `id` names the command, and exactly one of the others is given. */
interface TaskCommandInput {
  id: string;
  create?: CreateTaskInput | null;
  update?: z.input<typeof CONTENTS.update> | null;
  delete?: z.input<typeof CONTENTS.delete> | null;
  toggle?: z.input<typeof CONTENTS.toggle> | null;
  move?: z.input<typeof CONTENTS.move> | null;
}

export interface TaskCommandBatch {
  commands: readonly TaskCommandInput[];
  /** all or none; false when absent */
  atomic?: boolean | null;
}

const KINDS = Object.keys(CONTENTS) as CommandKind[];
const content = z.unknown().optional();

const command = z
  .strictObject(
    { id: taskId, create: content, update: content, delete: content, toggle: content, move: content },
    'must be an object',
  )
  .transform(({ id, ...contents }, context) => {
    const [kind, ...others] = KINDS.filter((name) => contents[name] != null);
    if (kind === undefined || others.length > 0) {
      context.addIssue(`must have exactly one of ${KINDS.join(', ')}`);
      return z.NEVER;
    }
    return { id, kind, content: contents[kind] };
  });
/** A command of the right form; what it asks for is still as it was sent. */
export type FormedCommand = z.output<typeof command>;

export const taskCommandBatch = z.strictObject({
  commands: z
    .array(command, 'must be a list')
    .min(1, 'must not be empty')
    .max(MAXIMUM_COMMANDS, `must have at most ${MAXIMUM_COMMANDS} commands`),
  atomic: z
    .boolean('must be true or false')
    .nullish()
    .transform((atomic) => atomic ?? false),
});
