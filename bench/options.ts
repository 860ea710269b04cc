import { parseArgs } from 'node:util';
import { CONTENDERS } from './contenders.ts';
import { WORKLOADS } from './workloads.ts';

/** Requests in flight where neither the workload nor the command line says otherwise. */
export const USUAL_CONNECTIONS = 32;

/** What one run of the benchmark does; see `USAGE` for the flags behind it. */
export interface Options {
  workloads: string[];
  contenders: string[];
  rounds: number;
  seconds: number;
  /** Of mixed load, per contender, before the first workload. */
  firstWarmUpSeconds: number;
  /** Of a workload's own load, per contender, before it is measured. */
  warmUpSeconds: number;
  /** Requests in flight; each workload has a number of its own when absent. */
  connections: number | undefined;
  users: number;
  tasksPerUser: number;
  largeUserTasks: number;
  rateLimits: boolean;
  json: boolean;
  /** Files to write, if any. */
  markdownFile: string | undefined;
  chartFile: string | undefined;
  help: boolean;
}

export const USAGE = `npm run bench -- [flags]

  --workload <name>     ${namesOf(WORKLOADS)} (repeatable; default all)
  --contender <name>    ${namesOf(CONTENDERS)} (repeatable; default all)
  --rounds <n>          measured rounds per workload (default 2)
  --seconds <n>         length of one measurement (default 3)
  --first-warm-up <n>   seconds of unmeasured mixed load per contender, before all workloads (default 15)
  --warm-up <n>         seconds of unmeasured load per workload and contender (default 2)
  --connections <n>     requests in flight at any time (default ${USUAL_CONNECTIONS}; day: 100)
  --users <n>           seeded users (default 1000)
  --tasks <n>           seeded tasks per user (default 200, at least 100)
  --large-user <n>      seeded tasks of one more user (default 100000, a multiple of 100)
  --with-limits         product: rate limits are counted but too high to be hit (default)
  --without-limits      product: rate limits are switched off
  --markdown <file>     write the result as Markdown too
  --chart <file>        draw the ratios to the floor too, as SVG
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
      rounds: { type: 'string', default: '2' },
      seconds: { type: 'string', default: '3' },
      'first-warm-up': { type: 'string', default: '15' },
      'warm-up': { type: 'string', default: '2' },
      connections: { type: 'string' },
      users: { type: 'string', default: '1000' },
      tasks: { type: 'string', default: '200' },
      'large-user': { type: 'string', default: '100000' },
      markdown: { type: 'string' },
      chart: { type: 'string' },
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
    seconds: seconds('--seconds', values.seconds, 0.1),
    firstWarmUpSeconds: seconds('--first-warm-up', values['first-warm-up'], 0),
    warmUpSeconds: seconds('--warm-up', values['warm-up'], 0.1),
    connections: values.connections === undefined ? undefined : wholeNumber('--connections', values.connections, 1),
    users: wholeNumber('--users', values.users, 1),
    tasksPerUser: wholeNumber('--tasks', values.tasks, 100),
    largeUserTasks: multipleOfHundred('--large-user', values['large-user']),
    rateLimits: !values['without-limits'],
    json: values.json,
    markdownFile: values.markdown,
    chartFile: values.chart,
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

function multipleOfHundred(flag: string, text: string): number {
  const value = wholeNumber(flag, text, 100);
  if (value % 100 !== 0) throw new Error(`${flag} ${text}: a multiple of 100`);
  return value;
}

function seconds(flag: string, text: string, least: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= least && value <= 3600)) throw new Error(`${flag} ${text}: a number of seconds from ${least} to 3600`);
  return value;
}
