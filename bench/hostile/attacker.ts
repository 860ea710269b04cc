import { parentPort, workerData } from 'node:worker_threads';
import { createHttpClient } from '../http-client.ts';
import { ATTACKS } from './attacks.ts';

export interface AttackOrder {
  readonly attack: string;
  readonly port: number;
  /** of the attacker, who is a user like any other */
  readonly token: string;
  readonly requestsPerSecond: number;
}

/** Milliseconds between bursts. */
const INTERVAL = 10;
const CONNECTIONS = 8;

/** Runs in a thread of its own, so that its work does not stand between the ordinary client and its clock. */
async function attack({ attack: name, port, token, requestsPerSecond }: AttackOrder): Promise<Record<string, number>> {
  const { requests, call } = ATTACKS.find((known) => known.name === name)!;
  const client = createHttpClient(port, CONNECTIONS);
  const answers: Record<string, number> = {};
  const start = performance.now();
  const pending = new Set<Promise<void>>();
  for (let turn = 0; turn < requests; ) {
    const due = Math.min(requests, ((performance.now() - start) / 1000) * requestsPerSecond);
    for (; turn < due; turn++) {
      const { token: own = token, ...request } = call(turn);
      const sent = client
        .send(request, own)
        .then(({ status }) => String(status))
        .catch(() => 'no answer')
        .then((outcome) => {
          answers[outcome] = (answers[outcome] ?? 0) + 1;
          pending.delete(sent);
        });
      pending.add(sent);
    }
    // A server that falls behind is not buried deeper: what counts is the ordinary client.
    if (pending.size > 100) await Promise.race(pending);
    else await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
  await Promise.all(pending);
  client.close();
  return answers;
}

parentPort?.postMessage(await attack(workerData as AttackOrder));
