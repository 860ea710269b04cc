import type { RunningContender } from '../contender-process.ts';
import { postgresCpuMicroseconds } from '../postgres-cpu.ts';
import { median } from '../statistics.ts';
import { printTable } from '../table.ts';
import type { Clients } from './client-process.ts';
import type { Transport } from './orders.ts';
import type { Stage } from './stage.ts';

const CASES: readonly Transport[] = ['WebSocket', 'REST SSE'];
const SUBSCRIBERS = [0, 1, 10, 100];
const ROUNDS = 3;
/** So slow that each change is read by itself. */
const PER_SECOND = 50;
const WRITES = 60;

/** CPU of one write with all that is told of it, in microseconds. */
interface Cost {
  readonly server: number;
  readonly postgres: number;
}

/** What one write of one user costs with so many subscribers of theirs, in turns; the first round only warms up. */
export async function measureEvents(stage: Stage, server: RunningContender, clients: Clients): Promise<void> {
  const rows: string[][] = [];
  for (const transport of CASES) {
    console.error(`- the cost of events over ${transport}`);
    const costs = SUBSCRIBERS.map(() => [] as Cost[]);
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [index, count] of SUBSCRIBERS.entries()) {
        const cost = await costOf(stage, server, clients, transport, count);
        if (round > 0) costs[index]!.push(cost);
      }
    }
    for (const [index, count] of SUBSCRIBERS.entries()) {
      const middle = (part: keyof Cost) => median(costs[index]!.map((cost) => cost[part]));
      const more = median(costs[index]!.map(({ server }, round) => server - costs[0]![round]!.server));
      rows.push([
        transport,
        String(count),
        middle('server').toFixed(0),
        middle('postgres').toFixed(0),
        count === 0 ? '' : more.toFixed(0),
        count === 0 ? '' : (more / count).toFixed(0),
      ]);
    }
  }
  printTable(
    [
      'transport',
      'subscribers',
      'server CPU µs of a write',
      'PostgreSQL CPU µs',
      'of them for its event',
      'each delivery',
    ],
    rows,
  );
}

async function costOf(
  { postgres, users }: Stage,
  server: RunningContender,
  clients: Clients,
  transport: Transport,
  subscribers: number,
): Promise<Cost> {
  const { token } = users[0]!;
  const tokens = Array.from({ length: subscribers }, () => token);
  if (subscribers > 0) await clients.subscribe(server, { transport, tokens });
  const postgresBefore = postgresCpuMicroseconds(postgres.processId) ?? Number.NaN;
  const before = await server.cpuMicroseconds();
  const written = { tokens: [token], count: WRITES, perSecond: PER_SECOND, subscribers };
  const { errors, missing } = await clients.write(server, written);
  const after = await server.cpuMicroseconds();
  const postgresAfter = postgresCpuMicroseconds(postgres.processId) ?? Number.NaN;
  if (subscribers > 0) await clients.unsubscribe(server);
  if (errors + missing > 0) throw new Error(`${errors} writes have failed, ${missing} events have not come`);
  return { server: (after - before) / WRITES, postgres: (postgresAfter - postgresBefore) / WRITES };
}
