import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '../support/database.ts';
import { RUN_TYPESCRIPT } from '../support/run-typescript.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { startTracedServer } from './support/traced-server.ts';

const run = promisify(execFile);
const SECRET = 'Basic dG9rZW4=';
/** What the end of a server may take with a collector that does not answer: a second by itself. */
const GENEROUS = 10_000;

describe('the collector', () => {
  it('gets Protocol Buffers, with the headers that it asks for, which nobody else sees', async () => {
    const server = await startTracedServer({
      environment: {
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(SECRET)}`,
        OTEL_SERVICE_NAME: 'todo',
      },
    });
    await server.call();
    await server.end();
    expect(server.collector.requests).toMatchObject([
      { path: '/v1/traces', headers: { 'content-type': 'application/x-protobuf', authorization: SECRET } },
    ]);
    expect(server.collector.resources).toMatchObject([{ 'service.name': 'todo' }]);
    expect(JSON.stringify(server.log)).not.toContain('dG9rZW4');
  });

  it('that refuses is told once, and once when it takes traces again', async () => {
    const server = await startTracedServer();
    server.collector.answer(400);
    for (let batches = 1; batches <= 2; batches++) {
      await server.call();
      await server.collector.requested(batches);
    }
    expect(await server.line('traces cannot be sent')).toMatchObject({ level: 40, reason: '400' });
    server.collector.answer(200);
    await server.call();
    expect(await server.line('traces are sent again')).toMatchObject({ level: 30, lost: 2 });
    await server.end();
    expect(server.log.filter(({ msg }) => String(msg).startsWith('traces'))).toHaveLength(2);
  });

  it.each<[string, () => Promise<{ url: string; close: () => void }>]>([
    ['is away', startNothing],
    ['never answers', startBlackHole],
  ])('that %s holds up neither requests nor the end of the server', async (_which, start) => {
    const { url, close } = await start();
    const server = await startTracedServer({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: url } });
    for (let calls = 0; calls < 50; calls++) await server.call();
    const begin = performance.now();
    await server.end();
    expect(performance.now() - begin).toBeLessThan(GENEROUS);
    close();
  });

  it('that does not answer leaves as many spans waiting as have their place', async () => {
    const server = await startTracedServer();
    server.collector.answer('hang');
    await server.call({ 'x-parts': '600' });
    await server.collector.requested(1);
    // One message is under way, which this collector has not taken; beside it so many spans may wait.
    await server.call({ 'x-parts': '6000' });
    server.collector.answer(200);
    await server.collector.requested(1 + 4096 / 512);
    expect(await server.end()).toHaveLength(4096);
  });

  it('gets what was recorded last when the server ends', async () => {
    const server = await startTracedServer();
    for (let calls = 0; calls < 3; calls++) await server.call();
    expect(await server.end()).toHaveLength(3);
  });
});

describe('OpenTelemetry', () => {
  it('is not loaded without a collector, but for the interfaces that prom-client loads', async () => {
    const { PATH = '' } = process.env;
    const database = await createTestDatabase();
    const { stdout } = await run(process.execPath, [...RUN_TYPESCRIPT, 'test/ops/support/loaded-packages.ts'], {
      env: {
        ...{ PATH, NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent' },
        ...{ DATABASE_URL: database.url, BETTER_AUTH_SECRET: TEST_SECRET },
      },
    });
    await database.drop();
    const { without, withCollector } = JSON.parse(stdout);
    expect(without).toEqual(['api']);
    expect(withCollector).toEqual(expect.arrayContaining(['api', 'sdk-trace', 'exporter-trace-otlp-proto']));
  }, 360_000);
});

/** Where nobody listens. */
async function startNothing(): Promise<{ url: string; close: () => void }> {
  const { url, close } = await startBlackHole();
  close();
  return { url, close: () => {} };
}

/** Takes connections and says nothing. */
async function startBlackHole(): Promise<{ url: string; close: () => void }> {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
