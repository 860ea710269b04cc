import { parseArgs } from 'node:util';

export interface GrowthOptions {
  /** in the large database, those of the busy user included */
  tasks: number;
  /** ordinary users of the large database */
  users: number;
  rounds: number;
  /** of each operation, in each round and database */
  calls: number;
  help: boolean;
}

export const USAGE = `npm run bench:growth -- [flags]

  --tasks <n>     tasks of the large database (default 10000000, at least 1000000)
  --users <n>     its users (default 50000), beside one with 100,000 tasks
  --rounds <n>    measured rounds (default 10)
  --calls <n>     calls of each operation in a round (default 200)
  --help          print this
`;

/** Reads the command line; throws an error that names the faulty flag. */
export function readOptions(commandLine: string[]): GrowthOptions {
  const { values } = parseArgs({
    args: commandLine,
    options: {
      tasks: { type: 'string', default: '10000000' },
      users: { type: 'string', default: '50000' },
      rounds: { type: 'string', default: '10' },
      calls: { type: 'string', default: '200' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    tasks: wholeNumber('--tasks', values.tasks, 1_000_000),
    users: wholeNumber('--users', values.users, 500),
    rounds: wholeNumber('--rounds', values.rounds, 1),
    calls: wholeNumber('--calls', values.calls, 10),
    help: values.help,
  };
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`${flag} ${text}: a whole number from ${least} up`);
  return value;
}
