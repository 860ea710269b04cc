import { type RunningContender, startContender } from '../contender-process.ts';
import { CONTENDERS } from '../contenders.ts';
import type { BenchPostgres } from '../postgres.ts';
import type { SeededUser } from '../seeded-user.ts';
import { prepareProduction } from '../start/production.ts';

/** Where everything takes place. */
export interface Stage {
  readonly postgres: BenchPostgres;
  readonly users: readonly SeededUser[];
  startServer(settings?: Record<string, string>): Promise<RunningContender>;
}

const USERS = 10_000;
const TASKS_PER_USER = 10;
/** What a crowd needs; limits that are reached are not what is measured. */
const ROOM = { MAX_LIVE_CONNECTIONS: '20000', MAX_SUBSCRIPTIONS_PER_USER: '100', RATE_LIMIT_SCALE: '0' };

export async function setStage(): Promise<Stage> {
  const { postgres, data, settings } = await prepareProduction(USERS, TASKS_PER_USER);
  const product = CONTENDERS.find(({ name }) => name === 'product')!;
  return {
    postgres,
    users: data.users,
    startServer: (more) => startContender(product, { ...settings, ...ROOM, ...more }),
  };
}
