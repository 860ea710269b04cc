import type { RunningContender } from './contender-process.ts';
import { type LoadPlan, type LoadResult, runLoad } from './load.ts';
import type { BenchPostgres } from './postgres.ts';
import { postgresCpuMicroseconds } from './postgres-cpu.ts';

/** One contender under one workload for one round. */
export interface Measurement extends LoadResult {
  readonly requests: number;
  readonly serverCpuPerRequest: number;
  /** `undefined` where it cannot be had. */
  readonly postgresCpuPerRequest: number | undefined;
}

/** Contenders close database connections that are idle; opening them again is no part of a request's cost. */
const LEAD_IN_SECONDS = 0.3;

/** Runs the load, after a short one that is not counted, and reads the CPU clocks of both servers before and after it. */
export async function measure(server: RunningContender, postgres: BenchPostgres, plan: LoadPlan): Promise<Measurement> {
  await runLoad({ ...plan, seconds: LEAD_IN_SECONDS, randomSeed: plan.randomSeed + 1000 });
  const postgresBefore = postgresCpuMicroseconds(postgres.processId);
  const serverBefore = await server.cpuMicroseconds();
  const result = await runLoad(plan);
  const serverAfter = await server.cpuMicroseconds();
  const postgresAfter = postgresCpuMicroseconds(postgres.processId);
  const requests = result.latencies.length;
  return {
    ...result,
    requests,
    serverCpuPerRequest: (serverAfter - serverBefore) / requests,
    postgresCpuPerRequest:
      postgresBefore === undefined || postgresAfter === undefined
        ? undefined
        : (postgresAfter - postgresBefore) / requests,
  };
}
