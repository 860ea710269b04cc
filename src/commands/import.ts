import { createReadStream } from 'node:fs';
import { isUserId } from '../auth/token-claims.ts';
import type { Actor } from '../core/actor.ts';
import { systemClock } from '../core/clock.ts';
import { readExport } from '../imports/export.reader.ts';
import type { ImportService } from '../imports/import.service.ts';
import { readTaskList } from '../imports/task-list.reader.ts';
import { readLines } from '../imports/text-lines.ts';
import { CommandError, callerPath, readArguments, runCommand } from './command-config.ts';
import { withServices } from './command-services.ts';
import { interruption } from './interruption.ts';
import { withProgress } from './progress.ts';

const USAGE = `Makes tasks of a Markdown task list or of an export, in order, all or none. A second import adds only what is new.

  npm run import -- FILE --user ID [--dry-run]

FILE has lines like "- [x] done" and "- [ ] open", nested or not; or its name ends in .ndjson, and it is what
GET /api/auth/me/export answered. ID is the user whose tasks they become. --dry-run only reads and reports.`;

/** What was read, and how it is added. */
interface Reading {
  tasks: readonly { completed: boolean }[];
  faults: number;
  add: (imports: ImportService, actor: Actor, progress: (done: number) => void) => Promise<number>;
}

await runCommand(async (config) => {
  const { file, user, help, 'dry-run': dryRun } = typed();
  if (help) return console.log(USAGE);
  if (file === undefined || user === undefined) throw new CommandError(USAGE);
  if (!isUserId(user)) throw new CommandError('--user must have 1 to 255 characters');

  const signal = interruption('Interrupted, nothing was added');
  const { tasks, faults, add } = await readFile(file, signal);
  const completed = tasks.filter((task) => task.completed).length;
  const read = [`${count(tasks.length, 'task')} read`, `${completed} completed`];
  if (faults > 0) read.push(`${count(faults, 'line')} left out`);
  if (dryRun) return console.log([...read, 'nothing added (dry run)'].join(', '));

  await withServices(config, async ({ imports }) => {
    const actor = { userId: user, email: null, name: null, issuedAt: systemClock.now() / 1000 };
    const added = await withProgress('tasks', (progress) =>
      add(imports, actor, (done) => {
        signal.throwIfAborted();
        progress(done, tasks.length);
      }),
    );
    console.log([...read, `${added} added`, `${tasks.length - added} already there`].join(', '));
  });
});

function typed() {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: {
      user: { type: 'string' },
      'dry-run': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (positionals.length > 1) throw new CommandError('One FILE only: quote it if it has spaces');
  return { ...values, file: positionals[0] };
}

async function readFile(file: string, signal: AbortSignal): Promise<Reading> {
  let faults = 0;
  const report = (line: number, fault: string) => {
    faults += 1;
    console.error(`${file}:${line}: ${fault}`);
  };
  const lines = readLines(createReadStream(callerPath(file), { signal }));
  try {
    if (!/\.ndjson$/i.test(file)) {
      const tasks = await readTaskList(lines, report);
      return { tasks, faults, add: (imports, actor, progress) => imports.add(actor, tasks, progress) };
    }
    const { tasks, isCutOff } = await readExport(lines, report);
    if (faults > 0) throw new CommandError(`${count(faults, 'line')} cannot be used: nothing was added`);
    if (isCutOff) throw new CommandError('The export was cut off: its last line is missing, nothing was added');
    return { tasks, faults, add: (imports, actor, progress) => imports.addExported(actor, tasks, progress) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && 'syscall' in error) throw new CommandError(`Cannot read the file: ${error.message}`);
    throw error;
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
