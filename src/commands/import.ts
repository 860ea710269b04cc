import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { isUserId } from '../auth/token-claims.ts';
import { systemClock } from '../core/clock.ts';
import { createImportService } from '../imports/import.service.ts';
import { type ListedTask, readTaskList } from '../imports/task-list.reader.ts';
import { readLines } from '../imports/text-lines.ts';
import { CommandError, callerPath, runCommand } from './command-config.ts';
import { withServices } from './command-services.ts';
import { interruption } from './interruption.ts';
import { withProgress } from './progress.ts';

const USAGE = `Makes tasks of a Markdown task list, in order, all or none. A second import adds only what is new.

  npm run import -- FILE --user ID [--dry-run]

FILE has lines like "- [x] done" and "- [ ] open", nested or not; ID is the user whose tasks they become.
--dry-run only reads and reports.`;

await runCommand(async (config) => {
  const { file, user, help, 'dry-run': dryRun } = readArguments(process.argv.slice(2));
  if (help) return console.log(USAGE);
  if (file === undefined || user === undefined) throw new CommandError(USAGE);
  if (!isUserId(user)) throw new CommandError('--user must have 1 to 255 characters');

  const signal = interruption('Interrupted, nothing was added');
  const { list, faults } = await readFile(file, signal);
  const completed = list.filter((task) => task.completed).length;
  const read = [`${count(list.length, 'task')} read`, `${completed} completed`];
  if (faults > 0) read.push(`${count(faults, 'line')} left out`);
  if (dryRun) return console.log([...read, 'nothing added (dry run)'].join(', '));

  await withServices(config, async ({ tasks, users }) => {
    const imports = createImportService({ tasks, users, clock: systemClock });
    const actor = { userId: user, email: null, name: null, issuedAt: systemClock.now() / 1000 };
    const added = await withProgress('tasks', (progress) =>
      imports.add(actor, list, (done) => {
        signal.throwIfAborted();
        progress(done, list.length);
      }),
    );
    console.log([...read, `${added} added`, `${list.length - added} already there`].join(', '));
  });
});

function readArguments(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        user: { type: 'string' },
        'dry-run': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (positionals.length > 1) throw new CommandError('One FILE only: quote it if it has spaces');
    return { ...values, file: positionals[0] };
  } catch (error) {
    throw error instanceof TypeError ? new CommandError(`${error.message}\n\n${USAGE}`) : error;
  }
}

async function readFile(file: string, signal: AbortSignal): Promise<{ list: ListedTask[]; faults: number }> {
  let faults = 0;
  const report = (line: number, fault: string) => {
    faults += 1;
    console.error(`${file}:${line}: ${fault}`);
  };
  const stream = createReadStream(callerPath(file), { signal });
  try {
    return { list: await readTaskList(readLines(stream), report), faults };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && 'syscall' in error) throw new CommandError(`Cannot read the file: ${error.message}`);
    throw error;
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
