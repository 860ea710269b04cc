import { Writable } from 'node:stream';

export type LogLine = Record<string, unknown>;

/** Where a logger writes to, and what it has written. */
export interface KeptLines {
  readonly log: readonly LogLine[];
  readonly destination: Writable;
  /** Resolves with the first line of this message, written already or not. */
  line(message: string): Promise<LogLine>;
}

export function keptLines(): KeptLines {
  const log: LogLine[] = [];
  const waiting = new Set<() => void>();
  const destination = new Writable({
    write(chunk, _encoding, done) {
      log.push(JSON.parse(String(chunk)));
      for (const wake of waiting) wake();
      waiting.clear();
      done();
    },
  });
  return {
    log,
    destination,
    async line(message) {
      for (;;) {
        const found = log.find(({ msg }) => msg === message);
        if (found) return found;
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
  };
}
