import { Client } from 'pg';
import type { TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

const PATIENCE = 20_000;

/** What the metrics say of one series, its labels as they are written there. */
export async function gauge(app: Pick<TestApp, 'url'>, series: string): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  if (line === undefined) throw new Error(`there is no series ${series}`);
  return Number(line.slice(series.length + 1));
}

/** Waits until the answer is the expected one. */
export async function becomes<Answer>(ask: () => Promise<Answer>, expected: Answer): Promise<void> {
  let answer: Answer | undefined;
  const isSo = async () => {
    answer = await ask();
    return answer === expected;
  };
  await eventually(`${ask} becomes ${String(expected)}`, isSo, PATIENCE).catch((error: Error) => {
    throw new Error(`${error.message}, still ${String(answer)}`);
  });
}

const TRANSPORTS = ['websocket', 'graphql_sse', 'rest_sse'];

/** Resolves when the server knows of no connection and of nobody who follows, and listens to nothing any more. */
export async function nothingIsLeft(app: TestApp): Promise<void> {
  for (const transport of TRANSPORTS) {
    await becomes(() => gauge(app, `live_connections{transport="${transport}"}`), 0);
  }
  await becomes(() => gauge(app, 'subscriptions'), 0);
  await becomes(() => gauge(app, 'http_requests_in_progress'), 1);
  const client = new Client({ connectionString: app.databaseUrl });
  await client.connect();
  await becomes(async () => {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity where datname = current_database() and application_name = 'premium-todo changes'`,
    );
    return rows[0]!.count;
  }, 0);
  await client.end();
}
