import type { MetricValues, Primary } from './messages.ts';

/** The metrics of all workers, for whichever of them is asked. */
export interface JointMetrics {
  /** Says where this worker's values come from when any of them asks. */
  share(values: () => Promise<MetricValues>): void;
  /** One entry for each worker that answers in time. */
  gather(): Promise<readonly MetricValues[]>;
}

export function jointMetrics(primary: Primary): JointMetrics {
  const waiting = new Map<number, (values: readonly MetricValues[]) => void>();
  let lastId = 0;
  let own: (() => Promise<MetricValues>) | undefined;

  async function answer(id: number): Promise<void> {
    if (own) primary.send({ kind: 'metrics', id, values: await own() });
  }

  primary.listen((message) => {
    if (message.kind === 'metrics-wanted') void answer(message.id);
    if (message.kind === 'metrics-gathered') {
      waiting.get(message.id)?.(message.values);
      waiting.delete(message.id);
    }
  });

  return {
    share: (values) => {
      own = values;
    },
    gather: () =>
      new Promise((resolve) => {
        lastId += 1;
        waiting.set(lastId, resolve);
        primary.send({ kind: 'metrics-wanted', id: lastId });
      }),
  };
}
