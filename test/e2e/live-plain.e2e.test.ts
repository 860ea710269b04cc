import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { Api } from '../../docs/examples/plain/api.ts';
import type { StreamEvent } from '../../docs/examples/plain/events.ts';
import { type Device, followChanges, pullChanges } from '../../docs/examples/plain/sync-tasks.ts';
import { signToken } from '../../src/auth/sign-token.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { Happenings } from './support/live.ts';
import { startWriter, type Told } from './support/writer.ts';

/** seconds that a token of the device lives */
const LIFETIME = 2;

let app: TestApp;
let network: ChaosProxy;
const stops: (() => unknown)[] = [];
beforeAll(async () => {
  app = await startTestApp();
  network = await startChaosProxy(app.url);
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(async () => {
  await network?.close();
  await app?.close();
});

const newDevice = (): Device => ({ tasks: new Map(), syncToken: undefined });

function apiOf(user: string, signal = new AbortController().signal) {
  let renewals = 0;
  let token: Promise<string> | undefined;
  const api: Api = {
    url: new URL('/api', network.through(app.url)).href,
    signal,
    token(renew) {
      if (renew) renewals += 1;
      if (renew || !token) token = signToken({ userId: user, lifetime: LIFETIME }, TEST_SECRET, systemClock);
      return token;
    },
  };
  return { api, renewals: () => renewals };
}

const sorted = (tasks: Iterable<{ id: string; title: string; completed: boolean; version: number }>) =>
  [...tasks]
    .map(({ id, title, completed, version }) => ({ id, title, completed, version }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

it('a device that asks now and then has what the server has', async () => {
  const user = newUser('pull');
  const titles = Array.from({ length: 150 }, (_, number) => ({ title: `Task ${number}` }));
  const [first = '', second = ''] = await storeTasks(app.databaseUrl, user, titles);
  const { api } = apiOf(user);
  const device = newDevice();
  await pullChanges(api, device);
  expect(device.tasks.size).toBe(150);
  await app.rest(user, 'DELETE', `/api/tasks/${first}`);
  await app.rest(user, 'PATCH', `/api/tasks/${second}/toggle`);
  await pullChanges(api, device);
  expect(device.tasks.size).toBe(149);
  expect(device.tasks.get(second)).toMatchObject({ completed: true, version: 2 });
});

it('a device that follows hears of every change once, over connections that break and tokens that expire', async () => {
  const user = newUser('follow');
  const writer = startWriter(app.url, user);
  stops.push(writer.close, writer.stop);
  await writer.written(5);
  const device = newDevice();
  const control = new AbortController();
  const { api, renewals } = apiOf(user, control.signal);
  const told = new Happenings<Told>();
  const following = followChanges(api, device, (event) => event && told.add(toldBy(event))).catch(told.fail);
  const more = (count: number) => told.reach(told.length + count);

  await more(5);
  network.cut('reset');
  await more(5);
  network.cut('end');
  while (renewals() < 2) await more(1);
  await more(5);
  await writer.stop();
  await told.find(writer.isLast);
  writer.expectTold(told.all);
  expect(sorted(device.tasks.values())).toEqual(sorted(await writer.list()));
  control.abort();
  await following;
});

it("a device is told of each start: with another user's token, and when what was before is no longer known", async () => {
  const [ann, bob] = [newUser('ann'), newUser('bob')];
  await app.rest(ann, 'POST', '/api/tasks', { title: 'of Ann' });
  await app.rest(bob, 'POST', '/api/tasks', { title: 'of Bob' });
  const device = newDevice();
  await pullChanges(apiOf(ann).api, device);
  const control = new AbortController();
  const { api } = apiOf(bob, control.signal);
  const shown = new Happenings<string[]>();
  const titles = () => [...device.tasks.values()].map(({ title }) => title).sort();
  const following = followChanges(api, device, () => shown.add(titles()));
  const isStopped = expect(following).rejects.toThrow('aborted');

  await shown.reach(1);
  const owner = new Client({ connectionString: app.databaseUrl });
  await owner.connect();
  await owner.query('update users set rev = rev + 1, purged_rev = rev + 1 where id = $1', [bob]);
  await owner.end();
  await app.rest(bob, 'POST', '/api/tasks', { title: 'of Bob too' });
  await shown.reach(2);
  expect(shown.all).toEqual([['of Bob'], ['of Bob', 'of Bob too']]);
  control.abort();
  await isStopped;
});

function toldBy({ event, data }: StreamEvent): Told {
  const content = JSON.parse(data);
  return event === 'deleted' ? { task: null, deletedTaskId: content.id } : { task: content, deletedTaskId: null };
}
