import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { WORKLOADS, type Workload } from '../workloads.ts';
import { DELETE } from './deletions.ts';

/** What one comparison does; see `USAGE` for the flags behind it. */
export interface Options {
  /** Another checkout of the product, compiled. */
  readonly before: string;
  readonly workloads: readonly Workload[];
  readonly rounds: number;
  readonly seconds: number;
}

/** Deletions come last: they use the data up. */
const KNOWN = [...WORKLOADS.filter(({ name }) => ['list', 'get', 'create', 'update', 'toggle'].includes(name)), DELETE];

export const USAGE = `npm run bench:change -- --before <folder> [flags]

  --before <folder>     a checkout of the commit to compare with, compiled there by \`npm run build\`
  --workload <name>     ${KNOWN.map(({ name }) => name).join(', ')} (repeatable; default all)
  --rounds <n>          measured rounds (default 7)
  --seconds <n>         length of one measurement (default 2)
  --help                print this
`;

/** `undefined` where only the flags are asked for. @throws Error that names the faulty flag */
export function readOptions(commandLine: string[]): Options | undefined {
  const { values } = parseArgs({
    args: commandLine,
    options: {
      before: { type: 'string', default: '' },
      workload: { type: 'string', multiple: true },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const before = resolve(values.before);
  if (values.before === '' || !existsSync(join(before, 'dist/src/main.js'))) {
    throw new Error(`--before ${values.before}: a compiled checkout, of which nothing is at dist/src/main.js there`);
  }
  const unknown = values.workload?.find((name) => !KNOWN.some((workload) => workload.name === name));
  if (unknown !== undefined) throw new Error(`--workload ${unknown}: not one of those below`);
  return {
    before,
    workloads: KNOWN.filter(({ name }) => values.workload?.includes(name) ?? true),
    rounds: numberFrom(1, '--rounds', values.rounds),
    seconds: numberFrom(0.1, '--seconds', values.seconds),
  };
}

function numberFrom(least: number, flag: string, text: string): number {
  const value = Number(text);
  if (!(value >= least)) throw new Error(`${flag} ${text}: a number from ${least} up`);
  return value;
}
