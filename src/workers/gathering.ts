/** milliseconds: a worker that does not answer by then does not keep the others' answers back */
const PATIENCE = 1000;

interface Round<Answer> {
  readonly awaited: Set<number>;
  readonly answers: Answer[];
  end(): void;
}

/** Asks several workers, known by their numbers, the same and waits for their answers. */
export interface Gathering<Answer> {
  /** `ask` sends the number of the round to one worker. */
  begin(workers: readonly number[], ask: (worker: number, round: number) => void): Promise<readonly Answer[]>;
  answered(worker: number, round: number, answer: Answer): void;
  /** Nothing more is awaited from a worker that is gone. */
  gone(worker: number): void;
}

export function createGathering<Answer>(patience: number = PATIENCE): Gathering<Answer> {
  const rounds = new Map<number, Round<Answer>>();
  let lastRound = 0;

  function settle(worker: number, round: Round<Answer>): void {
    round.awaited.delete(worker);
    if (round.awaited.size === 0) round.end();
  }

  return {
    begin: (workers, ask) =>
      new Promise((resolve) => {
        lastRound += 1;
        const id = lastRound;
        const answers: Answer[] = [];
        const end = () => {
          clearTimeout(timer);
          rounds.delete(id);
          resolve(answers);
        };
        const timer = setTimeout(end, patience);
        rounds.set(id, { awaited: new Set(workers), answers, end });
        for (const worker of workers) ask(worker, id);
        if (workers.length === 0) end();
      }),
    answered(worker, id, answer) {
      const round = rounds.get(id);
      if (!round?.awaited.has(worker)) return;
      round.answers.push(answer);
      settle(worker, round);
    },
    gone(worker) {
      for (const round of rounds.values()) if (round.awaited.has(worker)) settle(worker, round);
    },
  };
}
