import { fileURLToPath } from 'node:url';
import { runToEnd } from '../cleanup.ts';
import { requireCompiled } from '../contenders.ts';
import { type Measurement, measure } from '../measure.ts';
import { USUAL_CONNECTIONS } from '../options.ts';
import { restore } from '../seed.ts';
import { median } from '../statistics.ts';
import { printTable } from '../table.ts';
import { WARM_UP, type Workload } from '../workloads.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { type Side, startSide } from './sides.ts';

const WARM_UP_SECONDS = 8;
const HEAD = [
  'workload',
  'server CPU µs before',
  'now',
  'ratio',
  'of rounds',
  'PostgreSQL before',
  'now',
  'ratio',
  'errors',
];

/** One workload over one API at servers that run in one way. */
interface Match {
  readonly way: string;
  readonly api: string;
  readonly workload: Workload;
  /** Of both sides in each round, the earlier version first. */
  readonly rounds: [Measurement, Measurement][];
}

/** `npm run bench:change`: what a change costs requests. Two versions of the product, in turns; see ../README.md. */
async function main(): Promise<void> {
  const options = optionsOrEnd();
  requireCompiled(['product']);
  const before = await startSide('before', options.before);
  const now = await startSide('now', fileURLToPath(new URL('../..', import.meta.url)));
  await warmUp([before, now]);
  for (const workload of options.workloads) await compare(before, now, workload, options);
}

async function compare(before: Side, now: Side, workload: Workload, options: Options): Promise<void> {
  const matches = [...before.servers.keys()].flatMap((way) =>
    [...before.scenes.keys()].map((api): Match => ({ way, api, workload, rounds: [] })),
  );
  for (const match of matches) {
    console.error(`- ${titleOf(match)}`);
    for (let round = 0; round <= options.rounds; round++) {
      const result = await play(match, [before, now], round, options);
      // The first round only warms up.
      if (round > 0) match.rounds.push(result);
    }
  }
  printTable(HEAD, matches.map(rowOf));
}

function optionsOrEnd(): Options {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options) return options;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function warmUp(sides: readonly Side[]): Promise<void> {
  for (const side of sides) {
    for (const way of side.servers.keys()) {
      for (const api of side.scenes.keys()) {
        await measureSide(side, { way, api, workload: WARM_UP }, 0, WARM_UP_SECONDS);
      }
    }
  }
}

/** The order of the sides is another one in every other round. */
async function play(
  match: Match,
  [before, now]: readonly [Side, Side],
  round: number,
  { seconds }: Options,
): Promise<[Measurement, Measurement]> {
  const measurements = new Map<Side, Measurement>();
  for (const side of round % 2 === 0 ? [before, now] : [now, before]) {
    measurements.set(side, await measureSide(side, match, round, seconds));
  }
  return [measurements.get(before)!, measurements.get(now)!];
}

async function measureSide(
  { servers, scenes, postgres, database }: Side,
  { way, api, workload }: Omit<Match, 'rounds'>,
  round: number,
  seconds: number,
): Promise<Measurement> {
  const server = servers.get(way)!;
  const plan = { workload, scene: scenes.get(api)!, port: server.port, connections: USUAL_CONNECTIONS, seconds };
  const measurement = await measure(server, postgres, { ...plan, randomSeed: round + 1 });
  if (workload.writes) await restore(database);
  return measurement;
}

function titleOf({ way, api, workload }: Match): string {
  return `${workload.name}, ${api}${way === 'alone' ? '' : `, ${way}`}`;
}

function rowOf(match: Match): string[] {
  const { rounds } = match;
  const servers = comparisonOf(rounds, ({ serverCpuPerRequest }) => serverCpuPerRequest);
  const databases = comparisonOf(rounds, ({ postgresCpuPerRequest }) => postgresCpuPerRequest ?? Number.NaN);
  const ratios = servers.ratios.toSorted((a, b) => a - b);
  return [
    titleOf(match),
    ...servers.cells,
    `${ratios[0]!.toFixed(2)} to ${ratios.at(-1)!.toFixed(2)}`,
    ...databases.cells,
    String(rounds.flat().reduce((sum, { errors }) => sum + errors, 0)),
  ];
}

/** Medians of both sides and of the ratios within one round, which a slower moment of the machine touches less. */
function comparisonOf(rounds: Match['rounds'], figureOf: (measurement: Measurement) => number) {
  const ratios = rounds.map(([before, now]) => figureOf(now) / figureOf(before));
  const medians = [0, 1].map((side) => median(rounds.map((round) => figureOf(round[side]!))).toFixed(0));
  return { ratios, cells: [...medians, median(ratios).toFixed(2)] };
}

await runToEnd(main);
