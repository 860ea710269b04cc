import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freePort } from '../../bench/free-port.ts';
import { type App, createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/core/logger.ts';
import { createListenedHints } from '../../src/db/change-listener.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { killPostgres } from '../failures/support/kill-postgres.ts';
import { randomNumbers } from '../failures/support/random-numbers.ts';
import { newUser } from '../support/factories.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { type ServerProcess, startServer, tokenOf } from '../workers/support/server.ts';
import { Device, faults } from './support/device.ts';

/**
 * Devices of one user that are now and then offline, send what they did twice and in the wrong order, and follow the changes at
 * two instances, of which one is killed, and one loses most hints, while PostgreSQL is killed too.
 */

const RUNS = 200;
/** runs at the same time, which the same kills interrupt */
const AT_ONCE = 25;
const STEPS = 14;
const MAXIMUM_ATTEMPTS = 1000;
const PATIENCE = 400_000;
/** Told by a failure; set it to have the same decisions again. */
const SEED = Number(process.env.TEST_SEED) || (Date.now() % 1_000_000) + 1;
const SILENT = createLogger({ level: 'silent', format: 'json' });

let dataDirectory: string;
let postgres: EmbeddedPostgres;
let killed: ServerProcess;
let port: number;
let lossy: App;
let urls: string[];
let owner: Client;

const settings = () => ({
  DATABASE_URL: postgres.url,
  DATA_DIR: join(dataDirectory, 'server'),
  BETTER_AUTH_SECRET: TEST_SECRET,
  RATE_LIMIT_SCALE: '0',
  LOG_LEVEL: 'fatal',
});

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'premium-todo-devices-'));
  // Killed processes lose nothing that they have handed to the system: only a machine that falls over would.
  postgres = await startEmbeddedPostgres({
    dataDirectory,
    exclusive: false,
    settings: { fsync: 'off' },
    log: () => {},
  });
  port = await freePort();
  const random = randomNumbers(SEED);
  const hints = createListenedHints({ url: postgres.url, logger: SILENT });
  lossy = await createApp(loadConfig({ ...settings(), NODE_ENV: 'test', PORT: '0' }), {
    logger: SILENT,
    following: {
      hints: { ...hints, listen: (tell) => hints.listen((userId) => random() < 0.3 && tell(userId)) },
      maximumPerUser: 50,
      recheckInterval: 500,
      log: () => {},
    },
  });
  await startKilled();
  urls = [killed.url, await lossy.listen()];
}, PATIENCE);

afterAll(async () => {
  await owner?.end().catch(() => {});
  killed?.signal('SIGTERM', 'primary');
  await killed?.exited;
  await lossy?.close();
  await postgres?.stop();
  await rm(dataDirectory, { recursive: true, force: true });
}, PATIENCE);

async function startKilled(): Promise<void> {
  killed = await startServer({ ...settings(), PORT: String(port), WORKERS: '1' });
}

/** Everything that breaks during one group of runs, at moments that follow from the seed. */
async function breakThings(random: () => number): Promise<void> {
  await delay(random() * 300);
  killed.signal('SIGKILL', 'primary');
  await killed.exited;
  const restarted = startKilled();
  await delay(random() * 300);
  await killPostgres(dataDirectory);
  await restarted;
}

interface Run {
  user: string;
  devices: Device[];
}

/** Three devices of one user, and one of another, who must not notice each other. */
async function prepare(seed: number): Promise<Run[]> {
  const users = [
    { user: newUser(), names: ['phone', 'laptop', 'tablet'] },
    { user: newUser(), names: ['other'] },
  ];
  return Promise.all(
    users.map(async ({ user, names }) => {
      const token = await tokenOf(user);
      const devices = names.map((name, index) => {
        const random = randomNumbers(seed * 10 + index);
        return { device: new Device({ name, user, token, urls, random }), random };
      });
      return { user, devices: devices.map(({ device }) => device) };
    }),
  );
}

async function live(device: Device, random: () => number): Promise<void> {
  let isOnline = true;
  await device.pull();
  for (let step = 0; step < STEPS; step++) {
    if (random() < 0.2) isOnline = !isOnline;
    const choice = random();
    if (!isOnline || choice < 0.35) device.edit();
    else if (choice < 0.6) await device.push();
    else if (choice < 0.7) await device.pull();
    else await device.follow(50 + random() * 250);
  }
}

/** Online at last: until the queue is empty, and then until nothing is new. */
async function settle({ devices }: Run): Promise<void> {
  for (const device of devices) {
    await until('everything is sent', async () => {
      await device.push();
      return device.queue.length === 0;
    });
  }
  for (const device of devices) await until('nothing is new', () => device.pull());
  // And what one does now all others hear, wherever they follow.
  const last = devices[0]!.create();
  const hear = (device: Device) =>
    until('the last change is heard', async () => {
      await device.follow(PATIENCE, () => device.tasks.has(last));
      return device.tasks.has(last);
    });
  const send = until('the last change is sent', async () => {
    await devices[0]!.push();
    return devices[0]!.queue.length === 0;
  });
  await Promise.all([send, ...devices.map(hear)]);
  // What was refused before may have been sent again with it.
  for (const device of devices) await until('nothing is new', () => device.pull());
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) if (await isSo()) return;
  throw new Error(`not after ${MAXIMUM_ATTEMPTS} attempts: ${what}; ${faults.join('; ')}`);
}

interface Row {
  id: string;
  title: string;
  completed: boolean;
  version: number;
  deleted: boolean;
}

async function expectEqual({ user, devices }: Run): Promise<void> {
  const { rows } = await owner.query<Row>(
    'select id, title, completed, version, deleted_at is not null as deleted from tasks where user_id = $1',
    [user],
  );
  const there = rows
    .filter(({ deleted }) => !deleted)
    .map(({ id, title, completed, version }) => [id, { title, completed, version }]);
  for (const device of devices) expect(Object.fromEntries(device.tasks)).toEqual(Object.fromEntries(there));
  const commands = devices.flatMap((device) => device.commands.filter(({ id }) => device.applied.has(id)));
  const created = commands.filter(({ input }) => 'create' in input).map(({ taskId }) => taskId);
  expect(rows.map(({ id }) => id).sort()).toEqual(created.sort());
  // Every other command changes its task, and so counts its version on: once each, and nothing else did.
  for (const { id, version } of rows) {
    const changes = commands.filter(({ taskId, input }) => taskId === id && !('create' in input));
    expect({ id, version }).toEqual({ id, version: 1 + changes.length });
  }
}

it(
  `ends with every device equal to the database, nothing twice and nothing of others, in ${RUNS} runs`,
  async () => {
    try {
      const random = randomNumbers(SEED);
      let heard = 0;
      for (let first = 0; first < RUNS; first += AT_ONCE) {
        const runs = (
          await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => prepare(SEED + first + index)))
        ).flat();
        const living = runs.flatMap(({ devices }, run) =>
          devices.map((device, index) => live(device, randomNumbers(SEED + first * 1000 + run * 10 + index))),
        );
        await Promise.all([breakThings(random), ...living]);
        await Promise.all(runs.map(settle));
        owner = new Client({ connectionString: postgres.url });
        await owner.connect();
        for (const run of runs) await expectEqual(run);
        for (const device of runs.flatMap(({ devices }) => devices)) heard += device.heard;
        await owner.end();
        expect(faults).toEqual([]);
      }
      // What nobody heard proves nothing: the last change of each run, and more while things broke.
      expect(heard).toBeGreaterThan(4 * RUNS);
    } catch (error) {
      throw new Error(`with TEST_SEED=${SEED}: ${(error as Error).message}`, { cause: error });
    }
  },
  PATIENCE,
);
