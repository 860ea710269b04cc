import type { Measurement } from './measure.ts';
import { median, percentiles } from './statistics.ts';

/** All rounds of one contender under one workload. Times in milliseconds, CPU in microseconds per request. */
export interface Summary {
  readonly workload: string;
  readonly contender: string;
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly errors: number;
  readonly firstError: string | undefined;
  readonly serverCpu: number;
  readonly postgresCpu: number | undefined;
  /** Server CPU compared with the floor's in the same round; `undefined` when the floor does not take part. */
  readonly timesFloor: number | undefined;
  readonly serverCpuPerRound: readonly number[];
}

/** Medians over the rounds, because one disturbed round must not count; percentiles over all requests. */
export function summarise(
  workload: string,
  contender: string,
  rounds: readonly Measurement[],
  floorRounds: readonly Measurement[] | undefined,
): Summary {
  const [p50 = Number.NaN, p95 = Number.NaN, p99 = Number.NaN] = percentiles(
    rounds.flatMap(({ latencies }) => latencies),
    [50, 95, 99],
  );
  const serverCpuPerRound = rounds.map(({ serverCpuPerRequest }) => serverCpuPerRequest);
  const postgresCpu = rounds.flatMap(({ postgresCpuPerRequest }) => postgresCpuPerRequest ?? []);
  return {
    workload,
    contender,
    requests: rounds.reduce((sum, { requests }) => sum + requests, 0),
    requestsPerSecond: median(rounds.map(({ requests, elapsedSeconds }) => requests / elapsedSeconds)),
    p50,
    p95,
    p99,
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
    firstError: rounds.find(({ firstError }) => firstError)?.firstError,
    serverCpu: median(serverCpuPerRound),
    postgresCpu: postgresCpu.length > 0 ? median(postgresCpu) : undefined,
    timesFloor: floorRounds && median(serverCpuPerRound.map((cpu, round) => cpu / cpuOf(floorRounds[round]))),
    serverCpuPerRound,
  };
}

function cpuOf(measurement: Measurement | undefined): number {
  return measurement?.serverCpuPerRequest ?? Number.NaN;
}
