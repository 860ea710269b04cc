import { parseArgs } from 'node:util';
import { CONTENDERS } from './contenders.ts';
import { WORKLOADS } from './workloads.ts';

/** What one run of the benchmark does; see `USAGE` for the flags behind it. */
export interface Options {
  workloads: string[];
  contenders: string[];
  rounds: number;
  seconds: number;
  warmUpSeconds: number;
  connections: number;
  users: number;
  tasksPerUser: number;
  rateLimits: boolean;
  json: boolean;
  help: boolean;
}

export const USAGE = `npm run bench -- [flags]

  --workload <name>     ${namesOf(WORKLOADS)} (repeatable; default all)
  --contender <name>    ${namesOf(CONTENDERS)} (repeatable; default all)
  --rounds <n>          measured rounds per workload (default 3)
  --seconds <n>         length of one measurement (default 3)
  --warm-up <n>         seconds of unmeasured load per workload and contender (default 3)
  --connections <n>     requests in flight at any time (default 32)
  --users <n>           seeded users (default 200)
  --tasks <n>           seeded tasks per user (default 200, at least 20)
  --with-limits         product: rate limits are counted but too high to be hit (default)
  --without-limits      product: rate limits are switched off
  --json                print the result as JSON on stdout; progress goes to stderr
  --help                print this
`;

/** Reads the command line; throws an error that names the faulty flag. */
export function readOptions(commandLine: string[]): Options {
  const { values } = parseArgs({
    args: commandLine,
    options: {
      workload: { type: 'string', multiple: true },
      contender: { type: 'string', multiple: true },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      'warm-up': { type: 'string', default: '3' },
      connections: { type: 'string', default: '32' },
      users: { type: 'string', default: '200' },
      tasks: { type: 'string', default: '200' },
      'with-limits': { type: 'boolean', default: false },
      'without-limits': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values['with-limits'] && values['without-limits']) {
    throw new Error('--with-limits and --without-limits exclude each other');
  }
  return {
    workloads: chosenNames('--workload', values.workload, WORKLOADS),
    contenders: chosenNames('--contender', values.contender, CONTENDERS),
    rounds: wholeNumber('--rounds', values.rounds, 1),
    seconds: positiveNumber('--seconds', values.seconds),
    warmUpSeconds: positiveNumber('--warm-up', values['warm-up']),
    connections: wholeNumber('--connections', values.connections, 1),
    users: wholeNumber('--users', values.users, 1),
    tasksPerUser: wholeNumber('--tasks', values.tasks, 20),
    rateLimits: !values['without-limits'],
    json: values.json,
    help: values.help,
  };
}

interface Named {
  readonly name: string;
}

function namesOf(known: readonly Named[]): string {
  return known.map(({ name }) => name).join(', ');
}

/** The chosen names in the order of `known`, so that tables always read the same. */
function chosenNames(flag: string, chosen: string[] | undefined, known: readonly Named[]): string[] {
  const unknown = chosen?.find((name) => !known.some((entry) => entry.name === name));
  if (unknown !== undefined) throw new Error(`${flag} ${unknown}: choose from ${namesOf(known)}`);
  return known.map(({ name }) => name).filter((name) => !chosen || chosen.includes(name));
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`${flag} ${text}: a whole number from ${least} up`);
  return value;
}

function positiveNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 3600)) throw new Error(`${flag} ${text}: a number of seconds above 0, at most 3600`);
  return value;
}
