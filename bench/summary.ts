import type { Contender } from './contenders.ts';
import type { Measurement } from './measure.ts';
import { median, percentiles } from './statistics.ts';

/** All rounds of one contender under one workload. Times in milliseconds, CPU in microseconds per request. */
export interface Summary {
  readonly workload: string;
  readonly contender: string;
  /** Whether its errors fail the benchmark. */
  readonly isJudged: boolean;
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
  /** The same for the CPU of the server and of PostgreSQL together. */
  readonly timesFloorInAll: number | undefined;
  /** Memory of the server's process after the last round. */
  readonly residentMebibytes: number;
  readonly serverCpuPerRound: readonly number[];
}

/** Medians over the rounds, because one disturbed round must not count; percentiles over all requests. */
export function summarise(
  workload: string,
  contender: Contender,
  rounds: readonly Measurement[],
  floorRounds: readonly Measurement[] | undefined,
  residentMebibytes: number,
): Summary {
  const [p50 = Number.NaN, p95 = Number.NaN, p99 = Number.NaN] = percentiles(
    rounds.flatMap(({ latencies }) => latencies),
    [50, 95, 99],
  );
  const postgresCpu = rounds.flatMap(({ postgresCpuPerRequest }) => postgresCpuPerRequest ?? []);
  return {
    workload,
    contender: contender.name,
    isJudged: contender.isJudged === true,
    requests: rounds.reduce((sum, { requests }) => sum + requests, 0),
    requestsPerSecond: median(rounds.map(({ requests, elapsedSeconds }) => requests / elapsedSeconds)),
    p50,
    p95,
    p99,
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
    firstError: rounds.find(({ firstError }) => firstError)?.firstError,
    serverCpu: median(rounds.map(serverCpuOf)),
    postgresCpu: postgresCpu.length > 0 ? median(postgresCpu) : undefined,
    timesFloor: ratio(rounds, floorRounds, serverCpuOf),
    timesFloorInAll: postgresCpu.length > 0 ? ratio(rounds, floorRounds, cpuInAllOf) : undefined,
    residentMebibytes,
    serverCpuPerRound: rounds.map(serverCpuOf),
  };
}

/** The median of the rounds' ratios: both sides of each were measured within the same minute. */
function ratio(
  rounds: readonly Measurement[],
  floorRounds: readonly Measurement[] | undefined,
  cpuOf: (measurement: Measurement) => number,
): number | undefined {
  return floorRounds && median(rounds.map((measurement, round) => cpuOf(measurement) / cpuOf(floorRounds[round]!)));
}

function serverCpuOf({ serverCpuPerRequest }: Measurement): number {
  return serverCpuPerRequest;
}

function cpuInAllOf({ serverCpuPerRequest, postgresCpuPerRequest = Number.NaN }: Measurement): number {
  return serverCpuPerRequest + postgresCpuPerRequest;
}
