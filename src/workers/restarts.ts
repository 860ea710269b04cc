/** When a worker that has died is replaced. Times are milliseconds that never go back. */
export interface Restarts {
  /** @returns for how long to wait, or `undefined` when workers have died too often for another try to help */
  afterDeath(now: number): number | undefined;
}

export interface RestartLimits {
  /** deaths within `span` that are borne, over all workers */
  readonly deaths: number;
  readonly span: number;
  /** before the second replacement within `span`; doubled for each further one */
  readonly delay: number;
  readonly longestDelay: number;
}

/** With these a server whose workers die as soon as they start ends within half a minute. */
export const RESTART_LIMITS: RestartLimits = { deaths: 10, span: 60_000, delay: 100, longestDelay: 5000 };

/** The first death is made good at once. What kills each worker is not helped by starting it ever faster. */
export function createRestarts({ deaths, span, delay, longestDelay }: RestartLimits): Restarts {
  let times: number[] = [];
  return {
    afterDeath(now) {
      times = [...times.filter((time) => now - time < span), now];
      if (times.length > deaths) return undefined;
      return times.length === 1 ? 0 : Math.min(delay * 2 ** (times.length - 2), longestDelay);
    },
  };
}
