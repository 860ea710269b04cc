import { v5 as uuidv5 } from 'uuid';
import type { Actor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import { BadUserInputError, ConflictError, type FieldError } from '../core/errors.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { UserService } from '../users/user.service.ts';
import { type ExportedTask, readExport } from './export.reader.ts';
import type { ListedTask } from './task-list.reader.ts';

/** Every imported task's id comes from this and the user's salt: others would make every list new. */
const NAMESPACE = '5f1a8e0c-6d0b-4a51-9c1e-2f7f3b9d4e68';

export interface ImportService {
  /**
   * Makes the tasks, all or none, oldest first, and answers how many are new. A task is known by its owner, its title and how
   * many of that title came before it: importing a list again adds what was appended, and what the user deleted stays so.
   * Nobody else can tell the ids from the titles.
   * @throws UnauthenticatedError when the account was erased
   */
  add(actor: Actor, list: readonly ListedTask[], progress?: (done: number) => void): Promise<number>;
  /**
   * Brings tasks of an export back, all or none, with their ids and times, and answers how many are new. Those whose id the
   * user has used already stay as they are, deleted ones too: twice the same file adds nothing.
   * @throws ConflictError that names the lines whose ids are somebody else's
   */
  addExported(actor: Actor, tasks: readonly ExportedTask[], progress?: (done: number) => void): Promise<number>;
  /** The same with the text of an export. @throws BadUserInputError that names faults by line, and over 1,000 tasks */
  restore(actor: Actor, ndjson: unknown): Promise<{ added: number; known: number }>;
}

const MAXIMUM_TASKS = 1000;
/** of a file that a message names */
const MAXIMUM_LINES = 20;

export interface ImportServiceDependencies {
  tasks: TaskService;
  users: UserService;
  clock: Clock;
}

export function createImportService({ tasks, users, clock }: ImportServiceDependencies): ImportService {
  async function addExported(actor: Actor, exported: readonly ExportedTask[], progress?: (done: number) => void) {
    // Refuses an erased account, whoever asks.
    await users.profile(actor);
    try {
      return await tasks.addMissing(
        actor,
        exported.map(({ line, ...task }) => task),
        progress,
      );
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      throw new ConflictError(
        `The ids of these lines are in use by somebody else: ${await foreignLines(actor, exported)}`,
      );
    }
  }

  async function foreignLines(actor: Actor, exported: readonly ExportedTask[]): Promise<string> {
    const lines: number[] = [];
    for (let start = 0; start < exported.length; start += MAXIMUM_TASKS) {
      const some = exported.slice(start, start + MAXIMUM_TASKS);
      const answers = await tasks.getMany(
        actor,
        some.map(({ id }) => id),
      );
      answers.forEach((answer, index) => {
        if ('code' in answer && answer.code === 'FORBIDDEN') lines.push(some[index]!.line);
      });
    }
    return lines.slice(0, MAXIMUM_LINES).join(', ') || 'unknown';
  }

  return {
    addExported,

    async restore(actor, ndjson) {
      const faults: FieldError[] = [];
      const report = (line: number, message: string) => faults.push({ field: `line ${line}`, message });
      if (typeof ndjson !== 'string') throw new BadUserInputError([], 'The body must have lines of JSON');
      const { tasks: exported } = await readExport(linesOf(ndjson), report);
      if (exported.length > MAXIMUM_TASKS)
        report(exported[MAXIMUM_TASKS]!.line, `there are more than ${MAXIMUM_TASKS} tasks`);
      if (faults.length > 0) throw new BadUserInputError(faults);
      const added = await addExported(actor, exported);
      return { added, known: exported.length - added };
    },

    async add(actor, list, progress) {
      const idOf = createIds(await users.importSalt(actor));
      // A millisecond apart, so that the order by creation is that of the list.
      const first = clock.now() - list.length + 1;
      const missing = list.map(({ title, completed }, index) => ({
        id: idOf(title),
        title,
        description: null,
        completed,
        createdAt: new Date(first + index),
      }));
      return tasks.addMissing(actor, missing, progress);
    },
  };
}

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split(/\r?\n/);
}

/** The id of the next task of a title: the same in every import of the same list. */
function createIds(salt: string): (title: string) => string {
  const counts = new Map<string, number>();
  return (title) => {
    const count = (counts.get(title) ?? 0) + 1;
    counts.set(title, count);
    return uuidv5(JSON.stringify([salt, title, count]), NAMESPACE);
  };
}
