import type { ApolloClient } from '@apollo/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createAccessTokens } from '../../docs/examples/apollo/access-tokens.ts';
import { type ClientOptions, createLiveClient } from '../../docs/examples/apollo/client.ts';
import type { End } from '../../docs/examples/apollo/come-back.ts';
import { ALL_TASKS, type SyncedTask, type TaskChange } from '../../docs/examples/apollo/task-feed.documents.ts';
import { followTasks, type Position } from '../../docs/examples/apollo/task-feed.ts';
import { signToken } from '../../src/auth/sign-token.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/factories.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { connectTo } from '../workers/support/connection.ts';
import { type ServerProcess, startServer } from '../workers/support/server.ts';
import { freePort, Happenings } from './support/live.ts';
import { startWriter } from './support/writer.ts';

/** seconds that a token of the clients lives */
const LIFETIME = 4;
const TRANSPORTS = ['websocket', 'sse'] as const;

let database: TestDatabase;
/** the instance that is written through, and the one that the clients follow and that is restarted */
let writing: ServerProcess;
let followed: ServerProcess;
let port: number;
const stops: (() => unknown)[] = [];

const start = (settings: Record<string, string> = {}) =>
  startServer({
    WORKERS: '1',
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: TEST_SECRET,
    RATE_LIMIT_SCALE: '0',
    ...settings,
  });
const startFollowed = () => start({ PORT: String(port) });

beforeAll(async () => {
  [database, port] = await Promise.all([createTestDatabase(), freePort()]);
  [writing, followed] = await Promise.all([start(), startFollowed()]);
}, 180_000);
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(async () => {
  const servers = [writing, followed].filter(Boolean);
  for (const server of servers) server.signal('SIGTERM', 'primary');
  await Promise.all(servers.map(({ exited }) => exited));
  await database?.drop();
});

interface Kept {
  position?: Position;
  cache?: unknown;
}

/** A front end: a real client, its feed, and all that was heard of. */
function openFrontEnd(user: string | undefined, transport: ClientOptions['transport'], { position, cache }: Kept = {}) {
  const changes = new Happenings<TaskChange>();
  const ends = new Happenings<End>();
  let tokensGiven = 0;
  const tokens = createAccessTokens(async () => {
    tokensGiven += 1;
    return user && signToken({ userId: user, lifetime: LIFETIME }, TEST_SECRET, systemClock);
  });
  const options = { tokens, longestDelay: 250, onEnd: ends.add };
  const client = createLiveClient({ url: `${followed.url}/graphql`, transport, ...options });
  if (cache) client.cache.restore(cache);
  let starts = 0;
  const stop = followTasks({
    client,
    onStart: () => {
      starts += 1;
    },
    onChange: changes.add,
    onFailure: changes.fail,
    ...options,
    ...(position ? { position } : {}),
  });
  stops.push(() => client.stop(), stop);
  return { client, changes, ends, stop, tokensGiven: () => tokensGiven, starts: () => starts };
}

/** What a page keeps beyond its life. */
function keptPosition(): Position & { saved(): Promise<unknown> } {
  const places = new Happenings<string | undefined>();
  return {
    load: () => places.all.at(-1),
    save: places.add,
    /** the next time */
    saved: () => places.find((token) => token !== undefined, places.length),
  };
}

async function inDatabase(statement: string): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const shown = (client: ApolloClient): SyncedTask[] => client.readQuery({ query: ALL_TASKS })?.allTasks ?? [];

async function restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  followed.signal(signal, 'group');
  await followed.exited;
  followed = await startFollowed();
}

it('Apollo Clients over WebSocket and server-sent events see every change once across restarts and new tokens', async () => {
  const user = newUser('live');
  const writer = startWriter(writing.url, user);
  stops.push(writer.close, writer.stop);
  await writer.written(5);
  const frontEnds = TRANSPORTS.map((transport) => openFrontEnd(user, transport));
  /** until so many more have come to each */
  const more = (count: number) => Promise.all(frontEnds.map(({ changes }) => changes.reach(changes.length + count)));

  await more(10);
  await restart('SIGTERM');
  await more(10);
  await restart('SIGKILL');
  await more(10);
  await Promise.all(frontEnds.map(({ ends }) => ends.find((end) => end === 'token')));
  await more(10);
  await writer.stop();
  await Promise.all(frontEnds.map(({ changes }) => changes.find(writer.isLast)));

  const tasks = byId(await writer.list());
  for (const { client, changes, ends, tokensGiven } of frontEnds) {
    expect(tokensGiven()).toBeGreaterThan(1);
    expect(ends.all).toContain('later');
    writer.expectTold(changes.all);
    expect(byId(shown(client))).toEqual(tasks);
  }
});

describe.each(TRANSPORTS)('a feed over %s', (transport) => {
  it('goes on where the last one was stopped, and begins anew when that is no longer known', async () => {
    const user = newUser('resync');
    const rest = connectTo(writing.url);
    stops.push(rest.close);
    const create = async (title: string) => (await rest.rest(user, 'POST', '/api/tasks', { title })).body.id as string;
    const [kept = '', removed = ''] = [await create('kept'), await create('removed')];
    const position = keptPosition();

    const first = openFrontEnd(user, transport, { position });
    await position.saved();
    expect(titles(first.client)).toEqual(['kept', 'removed']);
    first.stop();
    const cache = first.client.extract();
    await rest.rest(user, 'PATCH', `/api/tasks/${kept}`, { title: 'changed' });
    const second = openFrontEnd(user, transport, { position, cache });
    expect(await second.changes.find(() => true)).toMatchObject({ type: 'UPDATED', task: { id: kept, version: 2 } });
    expect(titles(second.client)).toEqual(['changed', 'removed']);
    expect([first.starts(), second.starts()]).toEqual([1, 0]);

    // Another history: what a restored backup, or deletions that are long past, leave of one.
    await rest.rest(user, 'DELETE', `/api/tasks/${removed}`);
    await second.changes.find(({ type }) => type === 'DELETED');
    second.stop();
    await inDatabase('update sync_epoch set epoch = gen_random_uuid()');
    await create('new');
    const third = openFrontEnd(user, transport, { position, cache });
    await position.saved();
    expect(titles(third.client)).toEqual(['changed', 'new']);
    await create('newer');
    expect(await third.changes.find(() => true)).toMatchObject({ type: 'CREATED', task: { title: 'newer' } });
    expect(third.starts()).toBe(1);
  });

  it("begins anew with another user's token, and tells that nobody is signed in", async () => {
    const [ann, bob] = [newUser('ann'), newUser('bob')];
    const position = keptPosition();
    openFrontEnd(ann, transport, { position }).stop();
    const signedIn = openFrontEnd(ann, transport, { position });
    await position.saved();
    signedIn.stop();
    const other = openFrontEnd(bob, transport, { position });
    await position.saved();
    expect(titles(other.client)).toEqual([]);
    other.stop();
    const nobody = openFrontEnd(undefined, transport, { position });
    await expect(nobody.changes.reach(1)).rejects.toThrow('Nobody is signed in');
  });
});

const titles = (client: ApolloClient) =>
  shown(client)
    .map(({ title }) => title)
    .sort();

const byId = (tasks: readonly { id: string; title: string; completed: boolean; version: number }[]) =>
  Object.fromEntries(tasks.map(({ id, title, completed, version }) => [id, { title, completed, version }]));
