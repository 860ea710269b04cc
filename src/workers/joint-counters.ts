import type { CreateCounter } from '../core/rate-limits.ts';
import { JointCounter } from './joint-counter.ts';
import type { Primary } from './messages.ts';

/** Counters that hold over all workers; see `JointCounter`. */
export function jointCounters(primary: Primary): CreateCounter {
  const counters = new Map<string, JointCounter>();
  primary.listen((message) => {
    if (message.kind === 'share') counters.get(message.share.counter)?.receive(message.share);
    if (message.kind === 'unspent-wanted') {
      const points = counters.get(message.counter)?.giveBack(message.key) ?? 0;
      primary.send({ kind: 'unspent', id: message.id, points });
    }
  });
  return ({ keyPrefix, points, duration }) => {
    const size = { keyPrefix, points, duration };
    primary.send({ kind: 'counter', size });
    const ask = (key: string, needed: number) =>
      primary.send({ kind: 'share-wanted', counter: keyPrefix, key, needed });
    const counter = new JointCounter(size, ask);
    counters.set(keyPrefix, counter);
    return counter;
  };
}
