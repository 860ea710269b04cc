import type { MetricValues } from './messages.ts';

/** milliseconds: a worker that does not answer by then does not keep the others' values back */
const PATIENCE = 1000;

interface Round {
  readonly awaited: Set<number>;
  readonly values: MetricValues[];
  end(): void;
}

/** Asks workers, known by their numbers, for their metrics. */
export interface Gathering {
  /** `ask` sends the number of the round to one worker. */
  begin(workers: readonly number[], ask: (worker: number, round: number) => void): Promise<readonly MetricValues[]>;
  answered(worker: number, round: number, values: MetricValues): void;
  /** Nothing more is awaited from a worker that is gone. */
  gone(worker: number): void;
}

export function createGathering(patience: number = PATIENCE): Gathering {
  const rounds = new Map<number, Round>();
  let lastRound = 0;

  function settle(worker: number, round: Round): void {
    round.awaited.delete(worker);
    if (round.awaited.size === 0) round.end();
  }

  return {
    begin: (workers, ask) =>
      new Promise((resolve) => {
        lastRound += 1;
        const id = lastRound;
        const values: MetricValues[] = [];
        const end = () => {
          clearTimeout(timer);
          rounds.delete(id);
          resolve(values);
        };
        const timer = setTimeout(end, patience);
        rounds.set(id, { awaited: new Set(workers), values, end });
        for (const worker of workers) ask(worker, id);
        if (workers.length === 0) end();
      }),
    answered(worker, id, values) {
      const round = rounds.get(id);
      if (!round?.awaited.has(worker)) return;
      round.values.push(values);
      settle(worker, round);
    },
    gone(worker) {
      for (const round of rounds.values()) if (round.awaited.has(worker)) settle(worker, round);
    },
  };
}
