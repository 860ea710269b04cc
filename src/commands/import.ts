import { createReadStream } from 'node:fs';
import { isUserId } from '../auth/token-claims.ts';
import type { Config } from '../config.ts';
import type { Actor } from '../core/actor.ts';
import { systemClock } from '../core/clock.ts';
import { readExport } from '../imports/export.reader.ts';
import type { ImportFormat } from '../imports/file-formats.ts';
import type { ImportOutcome, ImportService } from '../imports/import.service.ts';
import type { ImportFault } from '../imports/imported-task.ts';
import { readTaskList } from '../imports/task-list.reader.ts';
import { readLines } from '../imports/text-lines.ts';
import { CommandError, callerPath, readArguments, runCommand } from './command-config.ts';
import { withServices } from './command-services.ts';
import { interruption } from './interruption.ts';
import { withProgress } from './progress.ts';

const USAGE = `Makes tasks of a file, in order, all or none. A second import adds only what is new.

  npm run import -- FILE --user ID [--dry-run] [--marks] [--list NAME]

The name of FILE says what is in it:
  .csv      a project as Todoist exports it
  .ics      a calendar of tasks (VTODO), as Tasks.org, Nextcloud, Thunderbird and Apple Reminders write it
  .ndjson   what GET /api/auth/me/export answered
  other     a Markdown task list with lines like "- [x] done" and "- [ ] open"

ID is the user whose tasks they become.
  --dry-run    only say what would be done; lists without --marks and .ndjson are read, and no more
  --marks      of Markdown: nested tasks are subtasks, headings are lists, and words like #tag, ⏫ and 📅 2026-12-24 at
               the end of a title are what they mean in the Tasks plugin of Obsidian
  --list NAME  of .csv, .ics and --marks: the list of tasks that the file has in none

Lines that cannot be used are reported, each with its number.`;

/** What was read, and how it is added. */
interface Reading {
  tasks: readonly { completed: boolean }[];
  faults: number;
  add: (
    imports: ImportService,
    actor: Actor,
    progress: (done: number) => void,
  ) => Promise<Pick<ImportOutcome, 'added' | 'faults'>>;
}

await runCommand(async (config) => {
  const { file, user, help, 'dry-run': dryRun = false, marks = false, list } = typed();
  if (help) return console.log(USAGE);
  if (file === undefined || user === undefined) throw new CommandError(USAGE);
  if (!isUserId(user)) throw new CommandError('--user must have 1 to 255 characters');

  const actor: Actor = { userId: user, email: null, name: null, issuedAt: systemClock.now() / 1000 };
  const format = formatOf(file, marks);
  if (format === undefined && (marks || list !== undefined)) {
    throw new CommandError(`${marks ? '--marks' : '--list'} does not go with this file\n\n${USAGE}`);
  }
  await (format === undefined
    ? addLines(config, actor, file, dryRun)
    : addFile(config, actor, file, { format, dryRun, listName: list }));
});

/** What other programs write; `undefined` for a plain list and for an export of this server. */
function formatOf(file: string, marks: boolean): ImportFormat | undefined {
  if (/\.csv$/i.test(file)) return marks ? undefined : 'TODOIST_CSV';
  if (/\.ics$/i.test(file)) return marks ? undefined : 'ICALENDAR';
  return marks && !/\.ndjson$/i.test(file) ? 'MARKDOWN' : undefined;
}

async function addLines(config: Config, actor: Actor, file: string, dryRun: boolean): Promise<void> {
  const signal = interruption('Interrupted, nothing was added');
  const { tasks, faults, add } = await readFile(file, signal);
  const completed = tasks.filter((task) => task.completed).length;
  const read = [`${count(tasks.length, 'task')} read`, `${completed} completed`];
  if (faults > 0) read.push(`${count(faults, 'line')} left out`);
  if (dryRun) return console.log([...read, 'nothing added (dry run)'].join(', '));

  await withServices(config, async ({ imports }) => {
    const { added, faults: found } = await withProgress('tasks', (progress) =>
      add(imports, actor, (done) => {
        signal.throwIfAborted();
        progress(done, tasks.length);
      }),
    );
    tell(file, found);
    console.log([...read, `${added} added`, `${tasks.length - added} already there`].join(', '));
  });
}

interface FileOptions {
  format: ImportFormat;
  dryRun: boolean;
  listName: string | undefined;
}

async function addFile(config: Config, actor: Actor, file: string, options: FileOptions): Promise<void> {
  const signal = interruption('Interrupted, nothing was added');
  const lines: string[] = [];
  try {
    for await (const line of linesOf(file, signal)) lines.push(line);
  } catch (error) {
    refuse(error, signal);
  }
  await withServices(config, async ({ imports }) => {
    const text = lines.join('\n');
    const { added, known, faults } = await withProgress('tasks', (bar) => {
      const progress = (done: number) => {
        signal.throwIfAborted();
        bar(done, done);
      };
      return imports.importFile(actor, { ...options, text }, { progress, maximumTasks: Number.POSITIVE_INFINITY });
    });
    tell(file, faults);
    const leftOut = faults.filter((fault) => fault.leftOut).length;
    const told = [`${count(added + known, 'task')} read`];
    if (leftOut > 0) told.push(`${count(leftOut, 'line')} left out`);
    told.push(options.dryRun ? `${added} would be added` : `${added} added`, `${known} already there`);
    console.log(`${told.join(', ')}${options.dryRun ? ' (dry run)' : ''}`);
  });
}

function typed() {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: {
      user: { type: 'string' },
      'dry-run': { type: 'boolean' },
      marks: { type: 'boolean' },
      list: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (positionals.length > 1) throw new CommandError('One FILE only: quote it if it has spaces');
  return { ...values, file: positionals[0] };
}

async function readFile(file: string, signal: AbortSignal): Promise<Reading> {
  let faults = 0;
  const report = (line: number, message: string) => {
    faults += 1;
    tell(file, [{ line, message }]);
  };
  const lines = linesOf(file, signal);
  try {
    if (!/\.ndjson$/i.test(file)) {
      const tasks = await readTaskList(lines, report);
      const add: Reading['add'] = async (imports, actor, progress) => {
        return { added: await imports.add(actor, tasks, progress), faults: [] };
      };
      return { tasks, faults, add };
    }
    const { isCutOff, ...read } = await readExport(lines, report);
    if (faults > 0) throw new CommandError(`${count(faults, 'line')} cannot be used: nothing was added`);
    if (isCutOff) throw new CommandError('The export was cut off: its last line is missing, nothing was added');
    return {
      tasks: read.tasks,
      faults,
      add: (imports, actor, progress) => imports.addExported(actor, read, { progress }),
    };
  } catch (error) {
    return refuse(error, signal);
  }
}

function linesOf(file: string, signal: AbortSignal): AsyncGenerator<string> {
  return readLines(createReadStream(callerPath(file), { signal }));
}

/** Why a file was not read. */
function refuse(error: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  if (error instanceof Error && 'syscall' in error) throw new CommandError(`Cannot read the file: ${error.message}`);
  throw error;
}

function tell(file: string, faults: readonly Pick<ImportFault, 'line' | 'message'>[]): void {
  for (const { line, message } of faults) console.error(`${file}:${line}: ${message}`);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
