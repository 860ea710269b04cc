import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { TestApp } from '../../support/app.ts';

/** What the metrics say of one series, its labels as they are written there. */
export async function gauge(app: Pick<TestApp, 'url'>, series: string): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  if (line === undefined) throw new Error(`there is no series ${series}`);
  return Number(line.slice(series.length + 1));
}

/** Asks until the answer is the one that is waited for; nothing tells a test that a server has forgotten something. */
export async function eventually<Answer>(ask: () => Promise<Answer>, expected: Answer, patience = 6000): Promise<void> {
  const end = performance.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer === expected) return;
    if (performance.now() > end) throw new Error(`${ask} still ${String(answer)} instead of ${String(expected)}`);
    await delay(10);
  }
}

const TRANSPORTS = ['websocket', 'graphql_sse', 'rest_sse'];

/** Resolves when the server knows of no connection and of nobody who follows, and listens to nothing any more. */
export async function nothingIsLeft(app: TestApp): Promise<void> {
  for (const transport of TRANSPORTS) {
    await eventually(() => gauge(app, `live_connections{transport="${transport}"}`), 0);
  }
  await eventually(() => gauge(app, 'subscriptions'), 0);
  await eventually(() => gauge(app, 'http_requests_in_progress'), 1);
  const client = new Client({ connectionString: app.databaseUrl });
  await client.connect();
  await eventually(async () => {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity where datname = current_database() and application_name = 'premium-todo changes'`,
    );
    return rows[0]!.count;
  }, 0);
  await client.end();
}
