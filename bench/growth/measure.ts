import type { TaskStore } from '../../src/tasks/task.store.ts';
import { createRandom } from '../random.ts';
import { median, percentiles } from '../statistics.ts';
import { microsecondsBetween, onCpu } from './on-cpu.ts';
import { OPERATIONS, type Operation, type Sample } from './operations.ts';
import type { GrowthOptions } from './options.ts';

/** One of the two databases, with the product's way to it. */
export interface Side {
  store: TaskStore;
  sample: Sample;
  /** of its postmaster */
  processId: number;
}

export interface Cost {
  /** PostgreSQL's, per call: median of the rounds */
  cpuMicroseconds: number;
  /** over all calls */
  p50: number;
  p95: number;
}

export interface Growth {
  operation: string;
  small: Cost;
  large: Cost;
  /** of PostgreSQL's CPU, within one round: median of the rounds */
  ratio: number;
}

interface Round {
  cpuMicroseconds: number;
  milliseconds: number[];
}

/** Every operation in both databases in turns, so that what disturbs the machine disturbs both alike. */
export async function measureGrowth(
  small: Side,
  large: Side,
  { rounds, calls }: GrowthOptions,
  note: (message: string) => void,
): Promise<Growth[]> {
  const growth: Growth[] = [];
  for (const operation of OPERATIONS) {
    note(`measuring ${operation.name}`);
    for (const side of [small, large]) await run(operation, side, calls, 0);
    const [smalls, larges]: [Round[], Round[]] = [[], []];
    for (let round = 1; round <= rounds; round++) {
      const turns: [Side, Round[]][] = [
        [small, smalls],
        [large, larges],
      ];
      for (const [side, results] of round % 2 ? turns : turns.reverse()) {
        results.push(await run(operation, side, calls, round));
      }
    }
    const ratios = smalls.map((round, index) => (larges[index]?.cpuMicroseconds ?? Number.NaN) / round.cpuMicroseconds);
    growth.push({ operation: operation.name, small: costOf(smalls), large: costOf(larges), ratio: median(ratios) });
  }
  return growth;
}

/** One call after the other. In a round both sides draw the same numbers. */
async function run(
  operation: Operation,
  { store, sample, processId }: Side,
  calls: number,
  round: number,
): Promise<Round> {
  const random = createRandom(round + 1);
  const before = onCpu(processId);
  const milliseconds: number[] = [];
  for (let call = 0; call < calls; call++) {
    const begin = performance.now();
    await operation.call(store, sample, random);
    milliseconds.push(performance.now() - begin);
  }
  return { cpuMicroseconds: microsecondsBetween(before, onCpu(processId)) / calls, milliseconds };
}

function costOf(rounds: readonly Round[]): Cost {
  const all = rounds.flatMap(({ milliseconds }) => milliseconds);
  const [p50 = Number.NaN, p95 = Number.NaN] = percentiles(all, [50, 95]);
  return { cpuMicroseconds: median(rounds.map(({ cpuMicroseconds }) => cpuMicroseconds)), p50, p95 };
}
