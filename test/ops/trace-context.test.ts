import { describe, expect, it } from '@jest/globals';
import { tracedCall } from './support/traced-app.ts';
import { startTracedServer } from './support/traced-server.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it.each([
    ['of this version', `00-${TRACE}-${SPAN}-01`],
    ['of a later version, with more than is known today', `cc-${TRACE}-${SPAN}-01-what-the-future-brings`],
    ['with flags that are not known', `00-${TRACE}-${SPAN}-ff`],
  ])('%s is continued', async (_which, traceparent) => {
    const server = await startTracedServer();
    await server.call({ traceparent, tracestate: 'vendor=opaque,other=1' });
    const expected = { traceId: TRACE, parentId: SPAN, traceState: 'vendor=opaque,other=1' };
    expect(await server.end()).toMatchObject([expected]);
  });

  it.each([
    ['with capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['with a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['with a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['of the version that is none', `ff-${TRACE}-${SPAN}-01`],
    ['of this version with something after it', `00-${TRACE}-${SPAN}-01-more`],
    ['without flags', `00-${TRACE}-${SPAN}`],
    ['that comes twice', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
    ['of 8,000 characters', 'x'.repeat(8000)],
  ])('%s is ignored, its tracestate with it', async (_which, traceparent) => {
    const server = await startTracedServer();
    await server.call({ traceparent, tracestate: 'vendor=opaque' });
    const [span, ...others] = await server.end();
    expect(others).toEqual([]);
    expect(span).toMatchObject({ parentId: '', traceState: '' });
    expect(span?.traceId).not.toBe(TRACE);
  });

  it('decides whether its trace is recorded, whatever the share', async () => {
    const server = await startTracedServer({ environment: { OTEL_TRACES_SAMPLER_ARG: '0' } });
    const recorded = tracedCall('01');
    for (const { headers } of [recorded, tracedCall('00')]) await server.call(headers);
    expect((await server.end()).map(({ traceId }) => traceId)).toEqual([recorded.traceId]);
  });

  it('is ignored where callers are not believed', async () => {
    const server = await startTracedServer({ environment: { OTEL_PROPAGATORS: 'none' } });
    const calls = [tracedCall('01'), tracedCall('00')];
    for (const { headers } of calls) await server.call(headers);
    const spans = await server.end();
    expect(spans.map(({ parentId }) => parentId)).toEqual(['', '']);
    for (const { traceId } of calls) expect(spans.map((span) => span.traceId)).not.toContain(traceId);
  });
});

describe('a share', () => {
  it('of 0 records nothing and sends nothing, and log lines have their ids all the same', async () => {
    const server = await startTracedServer({ environment: { OTEL_TRACES_SAMPLER_ARG: '0' } });
    for (let calls = 0; calls < 20; calls++) await server.call();
    await server.end();
    expect(server.collector.requests).toEqual([]);
    expect(await server.line('answering')).toMatchObject({ traceId: expect.stringMatching(/^[\da-f]{32}$/) });
  });

  it('of a half records about so many', async () => {
    const server = await startTracedServer({ environment: { OTEL_TRACES_SAMPLER_ARG: '0.5' } });
    for (let calls = 0; calls < 100; calls++) await server.call();
    const { length } = await server.end();
    // Outside of this by chance once in ten million times.
    expect(length).toBeGreaterThan(23);
    expect(length).toBeLessThan(77);
  });
});
