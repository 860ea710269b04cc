import { beforeEach, describe, expect, it } from '@jest/globals';
import { ServiceUnavailableError } from '../../src/core/errors.ts';
import type { SecurityEvent } from '../../src/core/security-events.ts';
import { createRecorderBench, type RecorderBench, refused, START } from './support.ts';

/** The recorder with time, timer, log and store in the hands of the test. */

let bench: RecorderBench;
beforeEach(() => {
  bench = createRecorderBench();
});

const from = (address: string, requestId = 'request-1') => ({ origin: { address, requestId } });
const occurrences = () => bench.store.rows.map((row) => row.occurrences);
const auditLines = () => bench.lines.filter((line) => line.audit === true);

describe('an event', () => {
  it('is in the log stream at once, as one structured line', () => {
    bench.recorder.record(refused({ userId: 'alice' }));
    expect(bench.lines).toEqual([
      {
        level: 30,
        audit: true,
        msg: 'security event',
        event: 'TOKEN_REFUSED',
        outcome: 'REFUSED',
        detail: 'INVALID_TOKEN',
        userId: 'alice',
        address: '192.0.2.9',
        requestId: 'request-1',
        occurrences: 1,
        occurredAt: new Date(START).toISOString(),
        lastAt: new Date(START).toISOString(),
      },
    ]);
  });

  it('is an error in the log stream when only a policy of the database stopped it', () => {
    bench.recorder.record(refused({ event: 'ACCESS_DENIED', detail: 'DATABASE_POLICY', userId: 'alice' }));
    expect(auditLines().map(({ level }) => level)).toEqual([50]);
  });

  it('is stored with others in one insert, about a second later', async () => {
    bench.recorder.record(refused());
    bench.now += 400;
    bench.recorder.record(refused({ event: 'LIMIT_HIT', detail: 'LIMIT_OF_ADDRESS' }));
    expect([bench.store.rows, bench.timer()]).toEqual([[], 600]);
    await bench.fire();
    expect(bench.store.rows.map((row) => row.event)).toEqual(['TOKEN_REFUSED', 'LIMIT_HIT']);
  });

  it('leaves no timer behind once it is stored: an idle server does nothing', async () => {
    bench.recorder.record(refused());
    await bench.fire();
    expect(bench.timer()).toBeUndefined();
  });

  it('that must not be lost is stored before the answer', async () => {
    await bench.recorder.recordNow(refused({ event: 'TOKENS_REVOKED', outcome: 'SUCCEEDED', userId: 'alice' }));
    expect(bench.store.rows.map((row) => row.event)).toEqual(['TOKENS_REVOKED']);
  });

  it('of no request has neither address nor request id', async () => {
    bench.recorder.record(refused({ origin: undefined }));
    await bench.fire();
    expect(bench.store.rows).toMatchObject([{ address: null, requestId: null }]);
  });
});

describe('a flood of equal events', () => {
  it('is the first row and one more with how many followed within a minute', async () => {
    for (let call = 0; call < 1000; call++) {
      bench.recorder.record(refused(from('192.0.2.9', `request-${call}`)));
      bench.now += 10;
    }
    await bench.fire();
    expect(occurrences()).toEqual([1]);
    await bench.fire();
    expect(bench.store.rows.map(({ id: _id, ...row }) => row)).toMatchObject([
      { occurrences: 1, requestId: 'request-0', occurredAt: at(0), lastAt: at(0) },
      { occurrences: 999, requestId: 'request-1', occurredAt: at(10), lastAt: at(9990) },
    ]);
  });

  it('is summed up in the log stream too', async () => {
    for (let call = 0; call < 1000; call++) bench.recorder.record(refused());
    bench.now += 60_000;
    await bench.recorder.flush();
    expect(auditLines().map((line) => line.occurrences)).toEqual([1, 999]);
  });

  it('that goes on makes two rows a minute', async () => {
    for (let second = 0; second < 600; second++) {
      bench.recorder.record(refused());
      bench.now += 1000;
    }
    await bench.recorder.close();
    expect(bench.store.rows).toHaveLength(20);
    expect(occurrences().reduce((sum, count) => sum + count)).toBe(600);
  });

  it.each<[string, Partial<SecurityEvent>]>([
    ['event', { event: 'LIMIT_HIT' }],
    ['outcome', { outcome: 'SUCCEEDED' }],
    ['user', { userId: 'somebody' }],
    ['detail', { detail: 'EXPIRED_TOKEN' }],
    ['address', from('192.0.2.10')],
  ])('does not swallow an event that differs in its %s', async (_what, change) => {
    bench.recorder.record(refused());
    bench.recorder.record(refused(change));
    await bench.fire();
    expect(occurrences()).toEqual([1, 1]);
  });

  it('counts the addresses that one customer is given as one', async () => {
    for (let call = 0; call < 100; call++) bench.recorder.record(refused(from(`2001:db8:1:2::${call.toString(16)}`)));
    await bench.recorder.close();
    expect(occurrences()).toEqual([1, 99]);
  });

  it('from addresses without number has a bound, and is counted in full', async () => {
    for (let call = 0; call < 20_000; call++) {
      bench.recorder.record(refused(from(`10.${call >> 16}.${(call >> 8) & 255}.${call & 255}`)));
      if (call % 1000 === 0) await bench.recorder.flush();
    }
    await bench.recorder.close();
    expect(bench.store.rows.length).toBeLessThan(5_010);
    expect(occurrences().reduce((sum, count) => sum + count)).toBe(20_000);
    expect(bench.store.rows.at(-1)).toMatchObject({ address: null, requestId: null, occurrences: 14_999 });
  });

  it('of strangers drowns nothing of what happens to users', async () => {
    for (let call = 0; call < 6000; call++) bench.recorder.record(refused(from(`10.0.${call >> 8}.${call & 255}`)));
    bench.recorder.record(refused({ event: 'ACCESS_DENIED', userId: 'alice' }));
    bench.recorder.record(refused({ event: 'SIGNED_IN', outcome: 'SUCCEEDED', userId: 'bob' }));
    await bench.recorder.flush();
    expect(bench.store.rows.filter((row) => row.userId !== null)).toMatchObject([
      { event: 'ACCESS_DENIED', userId: 'alice', address: '192.0.2.9' },
      { event: 'SIGNED_IN', userId: 'bob', address: '192.0.2.9' },
    ]);
  });
});

describe('while the database is away', () => {
  const away = new ServiceUnavailableError('The database is not available, try again shortly');

  it('events are kept, and stored once it is back', async () => {
    bench.store.failure = away;
    bench.recorder.record(refused());
    await bench.fire();
    bench.recorder.record(refused({ userId: 'alice' }));
    await bench.fire();
    expect(bench.store.rows).toEqual([]);
    bench.store.failure = undefined;
    await bench.fire();
    expect(occurrences()).toEqual([1, 1]);
    expect(bench.timer()).toBeUndefined();
  });

  it('that is logged once, and tried again less and less often', async () => {
    bench.store.failure = away;
    bench.recorder.record(refused());
    const delays: unknown[] = [];
    for (let round = 0; round < 7; round++) {
      delays.push(bench.timer());
      await bench.fire();
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(bench.lines.filter((line) => line.msg === 'security events cannot be stored')).toHaveLength(1);
  });

  it('what must not be lost does not fail what it tells of, and is stored later', async () => {
    bench.store.failure = away;
    await bench.recorder.recordNow(refused({ event: 'ACCOUNT_DELETED', outcome: 'SUCCEEDED', userId: 'alice' }));
    bench.store.failure = undefined;
    await bench.fire();
    expect(bench.store.rows).toMatchObject([{ event: 'ACCOUNT_DELETED', userId: 'alice' }]);
  });

  it('no more than 10,000 wait; how many are in the log stream only is said', async () => {
    bench.store.failure = away;
    for (let user = 0; user < 10_100; user++) {
      bench.recorder.record(refused({ event: 'SIGNED_IN', outcome: 'SUCCEEDED', userId: `user-${user}` }));
    }
    await bench.recorder.flush();
    bench.store.failure = undefined;
    await bench.recorder.flush();
    expect(bench.store.rows).toHaveLength(10_000);
    expect(bench.lines).toContainEqual(expect.objectContaining({ lost: 100 }));
    expect(auditLines()).toHaveLength(10_100);
  });
});

it('rows that the database refuses for their content do not hold up the others', async () => {
  bench.store.failure = new Error('violates check constraint');
  bench.recorder.record(refused());
  await bench.fire();
  bench.store.failure = undefined;
  bench.recorder.record(refused({ userId: 'alice' }));
  await bench.recorder.flush();
  expect(bench.store.rows).toMatchObject([{ userId: 'alice' }]);
  expect(bench.lines).toContainEqual(expect.objectContaining({ lost: 1 }));
});

describe('closing', () => {
  it('stores what waits and what was being summed up', async () => {
    for (let call = 0; call < 5; call++) bench.recorder.record(refused());
    await bench.recorder.close();
    expect(occurrences()).toEqual([1, 4]);
    expect(bench.timer()).toBeUndefined();
  });

  it('gives up what the database does not take, and says how much', async () => {
    bench.store.failure = new ServiceUnavailableError('The database is not available, try again shortly');
    bench.recorder.record(refused());
    await bench.recorder.close();
    expect(bench.lines).toContainEqual(expect.objectContaining({ lost: 1 }));
    expect(bench.timer()).toBeUndefined();
  });
});

describe('what is older than the retention', () => {
  it('is removed after events were stored, at most once an hour', async () => {
    for (let minute = 0; minute < 150; minute++) {
      bench.recorder.record(refused({ userId: `user-${minute}` }));
      await bench.recorder.flush();
      bench.now += 60_000;
    }
    expect(bench.store.purges).toEqual([30, 30, 30]);
  });

  it('costs nothing while nothing happens', async () => {
    bench.recorder.record(refused());
    await bench.fire();
    expect([bench.store.purges, bench.timer()]).toEqual([[30], undefined]);
  });
});

function at(milliseconds: number): string {
  return new Date(START + milliseconds).toISOString();
}
