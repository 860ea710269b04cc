import { randomBytes } from 'node:crypto';
import { applicationUrl, provideLogin } from '../src/db/application-role.ts';
import { type RunningContender, startContender } from './contender-process.ts';
import type { Contender } from './contenders.ts';
import type { BenchPostgres } from './postgres.ts';
import { TOKEN_SECRET } from './tokens.ts';

/** High enough never to be hit, so that counting is paid for and nothing is refused. */
const UNREACHABLE_RATE_LIMIT_SCALE = '1000000';

/** Starts the contenders one after the other, each with the settings of production. */
export async function startContenders(
  contenders: readonly Contender[],
  rateLimits: boolean,
  postgres: BenchPostgres,
  note: (message: string) => void,
): Promise<RunningContender[]> {
  const settings = {
    NODE_ENV: 'production',
    SHUTDOWN_DELAY: '0',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    DATABASE_URL: postgres.url,
    BETTER_AUTH_SECRET: TOKEN_SECRET,
    RATE_LIMIT_SCALE: rateLimits ? UNREACHABLE_RATE_LIMIT_SCALE : '0',
  };
  const bound = await boundSettings(postgres);
  const servers: RunningContender[] = [];
  for (const contender of contenders) {
    note(`starting ${contender.name}`);
    servers.push(await startContender(contender, { ...settings, ...(contender.isBound ? bound : {}) }));
  }
  return servers;
}

/** As the product is deployed: requests run as a role that owns nothing, migrations as the owner. */
async function boundSettings({ url }: BenchPostgres): Promise<Record<string, string>> {
  const password = randomBytes(24).toString('base64url');
  await provideLogin(url, password);
  return { DATABASE_URL: applicationUrl(url, password), DATABASE_URL_DIRECT: url };
}
