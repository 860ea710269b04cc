import { expect, it } from '@jest/globals';
import { type ChangeHints, type ChangeListener, createLocalHints } from '../../src/core/change-hints.ts';
import { ServiceUnavailableError } from '../../src/core/errors.ts';
import { createTaskFeed } from '../../src/sync/sync.feed.ts';
import type { ChangedTask, ChangedTasks } from '../../src/sync/sync.queries.ts';
import { encodePosition } from '../../src/sync/sync.token.ts';
import { UNPLANNED } from '../../src/tasks/task.record.ts';

const KEY = '1b4e28ba-2fa1-11d2-883f-0016d3cca427';
const EPOCH = '6fa459ea-ee8a-3ca4-894e-db77e160355e';
const ann = { userId: 'ann', email: null, name: null, issuedAt: 0 };

function change(rev: number): ChangedTask {
  const moment = '2026-01-01T00:00:00.000Z';
  const times = { createdAt: moment, updatedAt: moment, completedAt: null };
  return {
    ...UNPLANNED,
    tagIds: [],
    id: `task ${rev}`,
    title: '',
    description: null,
    completed: false,
    ...times,
    version: 1,
    rev,
    isDeleted: false,
  };
}

/** The changes 1 to `head` of Ann's, as far as they come after `rev`. */
function changesAfter(rev: number, head: number): ChangedTasks {
  const revs = Array.from({ length: head }, (_, index) => index + 1).filter((one) => one > rev);
  return { head, purged: 0, labels: 0, epoch: EPOCH, key: KEY, tasks: revs.map(change) };
}

/** A feed whose listening and reads are in the hands of the test. */
function startFeed(listen: ChangeHints['listen'], read: (rev: number) => Promise<ChangedTasks>) {
  const feed = createTaskFeed({
    store: { changed: (_user, rev) => read(rev), current: () => Promise.reject(new Error('not asked for here')) },
    hints: { ...createLocalHints(), listen },
    readmit: () => undefined,
    clock: { now: () => 0 },
    maximumPerUser: 2,
    log: () => {},
  });
  return (rev: number) => feed.follow(ann, encodePosition({ epoch: EPOCH, rev }, KEY));
}

it('lets in as many as the limit allows while all of them wait, and refuses without waiting', async () => {
  const listening = Promise.withResolvers<void>();
  const at = startFeed(
    () => listening.promise,
    async (rev) => changesAfter(rev, rev),
  );
  const waiting = Promise.all([at(5), at(5)]);
  await expect(at(5)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  listening.resolve();
  for (const follower of await waiting) await follower.return?.();
});

it('tells nobody twice when a read of some fails while that of others is under way', async () => {
  let tell: ChangeListener = () => {};
  let read = async (rev: number) => changesAfter(rev, rev);
  const at = startFeed(
    async (listener) => {
      tell = listener;
    },
    (rev) => read(rev),
  );
  const slow = await at(5);
  const failing = await at(7);
  const heard = slow.next();

  // Both are behind; the read of the one hangs, and that of the other fails.
  const slowRead = Promise.withResolvers<void>();
  const reads: number[] = [];
  const began = Promise.withResolvers<void>();
  read = async (rev) => {
    reads.push(rev);
    if (reads.length === 2) began.resolve();
    if (rev !== 5) throw new ServiceUnavailableError('The database is not available');
    await slowRead.promise;
    return changesAfter(rev, 8);
  };
  tell('ann');
  await began.promise;
  // Another hint comes before the slow read is answered.
  tell('ann');
  await new Promise((resolve) => setTimeout(resolve, 20));
  slowRead.resolve();

  const told = [(await heard).value?.task?.id];
  while (told.length < 3) told.push((await slow.next()).value?.task?.id);
  expect(told).toEqual(['task 6', 'task 7', 'task 8']);
  read = async (rev) => changesAfter(rev, 9);
  tell('ann');
  expect((await slow.next()).value?.task?.id).toBe('task 9');
  await slow.return?.();
  await failing.return?.();
});
