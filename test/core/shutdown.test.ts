import { describe, expect, it } from '@jest/globals';
import { createLogger, type Logger } from '../../src/core/logger.ts';
import { runSteps, ShutdownError, type ShutdownStep } from '../../src/core/shutdown.ts';

const LONG = 60_000;
const BRIEF = 20;
const never = () => new Promise<void>(() => {});

function watched(steps: readonly Partial<ShutdownStep>[]) {
  const begun: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const record = (line: Record<string, unknown>, message: string) => lines.push({ ...line, message });
  const logger: Logger = Object.assign(createLogger({ level: 'silent', format: 'json' }), {
    info: record,
    error: record,
  });
  const whole = steps.map(
    ({ name = 'step', limit = LONG, run = () => {} }): ShutdownStep => ({
      name,
      limit,
      run: () => {
        begun.push(name);
        return run();
      },
    }),
  );
  return { begun, lines, run: (timeout = LONG) => runSteps(whole, { logger, timeout }) };
}

describe('steps of a shutdown', () => {
  it('run one after the other, and each is logged with its time', async () => {
    let isOver = false;
    const { lines, run } = watched([
      {
        name: 'first',
        run: async () => {
          await Promise.resolve();
          isOver = true;
        },
      },
      { name: 'second', run: () => expect(isOver).toBe(true) },
    ]);
    await run();
    expect(lines).toEqual([
      { step: 'first', milliseconds: expect.any(Number), message: 'shutdown step done' },
      { step: 'second', milliseconds: expect.any(Number), message: 'shutdown step done' },
    ]);
  });

  it('that fail, at once or later, do not keep the others from theirs', async () => {
    const failure = new Error('no');
    const { begun, lines, run } = watched([
      {
        name: 'thrown',
        run: () => {
          throw failure;
        },
      },
      { name: 'rejected', run: () => Promise.reject(failure) },
      { name: 'last' },
    ]);
    await expect(run()).rejects.toThrow(new ShutdownError('The server did not stop in order: thrown, rejected'));
    expect(begun).toEqual(['thrown', 'rejected', 'last']);
    expect(lines[0]).toMatchObject({ step: 'thrown', err: failure, message: 'a shutdown step failed' });
  });

  it('that take too long are left behind', async () => {
    const { begun, lines, run } = watched([{ name: 'stuck', limit: BRIEF, run: never }, { name: 'last' }]);
    await expect(run()).rejects.toThrow('The server did not stop in order: stuck');
    expect(begun).toEqual(['stuck', 'last']);
    expect(lines[0]).toMatchObject({ step: 'stuck', limit: BRIEF, message: expect.stringContaining('too long') });
  });

  it('get no more together than the whole shutdown, and each is begun even then', async () => {
    const { begun, run } = watched([{ name: 'a', run: never }, { name: 'b', run: never }, { name: 'c' }]);
    await expect(run(BRIEF)).rejects.toThrow('The server did not stop in order: a, b');
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('that fail after their time are not heard of again', async () => {
    const later = Promise.withResolvers<void>();
    const { lines, run } = watched([{ name: 'stuck', limit: BRIEF, run: () => later.promise }]);
    await expect(run()).rejects.toThrow(ShutdownError);
    later.reject(new Error('late'));
    await Promise.resolve();
    expect(lines).toHaveLength(1);
  });
});
