import { createHttpClient, type HttpAnswer, type HttpClient } from './http-client.ts';
import { createRandom } from './random.ts';
import type { Scene, Workload } from './workloads.ts';

/** What to send to whom, and for how long. */
export interface LoadPlan {
  readonly workload: Workload;
  readonly scene: Scene;
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly randomSeed: number;
}

/** What came of it. Latencies are of all requests, in milliseconds, in no particular order. */
export interface LoadResult {
  readonly latencies: number[];
  readonly elapsedSeconds: number;
  readonly errors: number;
  /** The first faulty answer, for the report. */
  readonly firstError: string | undefined;
}

/** Keeps `connections` requests in flight until the time is over and all are answered. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const client = createHttpClient(plan.port, plan.connections);
  const random = createRandom(plan.randomSeed);
  const latencies: number[] = [];
  let errors = 0;
  let firstError: string | undefined;
  const begin = performance.now();
  const end = begin + plan.seconds * 1000;

  const sendUntilEnd = async () => {
    for (let sent = performance.now(); sent < end; sent = performance.now()) {
      const { user, call } = plan.workload.nextRequest(plan.scene, random);
      const fault = await faultOf(client, call, user.token);
      latencies.push(performance.now() - sent);
      if (fault !== undefined) {
        errors += 1;
        firstError ??= fault;
      }
    }
  };

  try {
    await Promise.all(Array.from({ length: plan.connections }, sendUntilEnd));
  } finally {
    client.close();
  }
  return { latencies, elapsedSeconds: (performance.now() - begin) / 1000, errors, firstError };
}

/** Sends one request; answers what was wrong with the response, if anything was. */
async function faultOf(client: HttpClient, call: Parameters<HttpClient['send']>[0], token: string) {
  let answer: HttpAnswer;
  try {
    answer = await client.send(call, token);
  } catch (error) {
    return String(error);
  }
  // GraphQL reports failures with status 200. No seeded text holds this key, so there is no need to parse.
  const good = answer.status >= 200 && answer.status < 300 && !answer.body.includes('"errors":');
  return good ? undefined : `HTTP ${answer.status} ${answer.body.slice(0, 300)}`;
}
