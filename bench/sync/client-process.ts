import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { atEnd } from '../cleanup.ts';
import type { RunningContender } from '../contender-process.ts';
import type { Order, SubscribeOrder, WriteOrder, WriteResult } from './orders.ts';

const CLIENT = fileURLToPath(new URL('client.ts', import.meta.url));
/** milliseconds that an order may take */
const PATIENCE = 90_000;
const SUBSCRIPTIONS = /^subscriptions (\d+)$/m;

/** Clients in a process of their own. */
export interface Clients {
  /** Resolves when the server tells all of them of changes. */
  subscribe(server: RunningContender, wanted: Pick<SubscribeOrder, 'transport' | 'tokens'>): Promise<void>;
  /** Resolves when the server has none any more. */
  unsubscribe(server: RunningContender): Promise<void>;
  write(server: RunningContender, wanted: Omit<WriteOrder, 'order' | 'port'>): Promise<WriteResult>;
  stop(): void;
}

export function startClients(): Clients {
  const child = fork(CLIENT, { execArgv: [], serialization: 'advanced' });
  atEnd(() => child.kill());

  async function give<Answer>(order: Order): Promise<Answer> {
    const told = once(child, 'message', { signal: AbortSignal.timeout(PATIENCE) });
    child.send(order);
    const [{ answer, error }] = (await told) as [{ answer: Answer; error?: string }];
    if (error !== undefined) throw new Error(`the clients: ${error}`);
    return answer;
  }

  return {
    async subscribe(server, { transport, tokens }) {
      await give({ order: 'subscribe', port: server.port, transport, tokens });
      await untilCounted(server, tokens.length);
    },
    async unsubscribe(server) {
      await give({ order: 'unsubscribe' });
      await untilCounted(server, 0);
    },
    write: (server, wanted) => give({ order: 'write', port: server.port, ...wanted }),
    stop: () => child.kill(),
  };
}

async function untilCounted({ port }: RunningContender, wanted: number): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const count = Number(SUBSCRIPTIONS.exec(metrics)?.[1]);
    if (count === wanted) return;
    if (performance.now() > deadline) throw new Error(`the server has ${count} subscriptions instead of ${wanted}`);
    await sleep(200);
  }
}
