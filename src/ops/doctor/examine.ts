import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { findPostmaster } from '../../db/embedded-postmaster.ts';
import { DATABASE_NAME, SUPERUSER } from '../../db/embedded-session.ts';
import { checkDatabase } from './database.checks.ts';
import { type Finding, ok } from './finding.ts';
import { checkKeys } from './keys.check.ts';
import { checkDataDirectory, checkPort } from './machine.checks.ts';
import { checkOwner } from './owner.check.ts';
import { checkPooler } from './pooler.checks.ts';
import { checkRedis } from './redis.check.ts';

/**
 * Looks at everything that the server needs, as it is configured, and changes nothing: it migrates nothing, and neither
 * creates nor starts an embedded PostgreSQL.
 * @param now milliseconds since 1970
 */
export async function examine(config: Config, now: () => number = Date.now): Promise<Finding[]> {
  const { auth, dataDirectory, host, port, redisUrl } = config;
  const findings = await Promise.all([
    [ok('settings', 'valid')],
    config.database.url === undefined ? checkEmbedded(config, now) : checkExternal(config, config.database.url, now),
    checkKeys({ ...auth, secrets: auth.secrets.length, now }),
    checkRedis(redisUrl),
    config.database.url === undefined ? checkDataDirectory(dataDirectory) : [],
    [await checkPort(host, port)],
  ]);
  return findings.flat();
}

async function checkExternal({ database }: Config, url: string, now: () => number): Promise<Finding[]> {
  const { poolMaximum, prepared, statementTimeout } = database;
  const findings = await checkDatabase({ url, poolMaximum, now });
  // Whoever cannot connect at all need not hear it again.
  if (findings.length === 1) return findings;
  return [
    ...findings,
    ...(await checkPooler({ url, directUrl: database.directUrl ?? url, prepared, statementTimeout })),
  ];
}

async function checkEmbedded({ database, dataDirectory }: Config, now: () => number): Promise<Finding[]> {
  const directory = join(dataDirectory, 'postgres');
  const password = await readFile(join(directory, 'password'), 'utf8').catch(() => undefined);
  if (password === undefined) return [ok('database', 'embedded; the first start creates it')];
  const running = await findPostmaster(join(directory, 'data'));
  if (running === undefined) return [ok('database', 'embedded, not running: start the server to look into it')];
  const url = `postgresql://${SUPERUSER}:${password}@127.0.0.1:${running.port}/${DATABASE_NAME}`;
  const findings = await checkDatabase({ url, poolMaximum: database.poolMaximum, now });
  if (findings.length === 1) return findings;
  // Requests have a login of their own there.
  return [...findings.filter(({ check }) => check !== 'role'), ...(await checkOwner(url))];
}
