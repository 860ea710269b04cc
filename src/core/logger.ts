import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

export interface LoggerOptions {
  level: string;
  /** `undefined`: pretty on a terminal, JSON otherwise */
  format: 'json' | 'pretty' | undefined;
}

/** Where credentials may stand in what is logged; everything else that is secret is simply never passed. */
const REDACTED = ['headers.authorization', 'headers.cookie', '*.headers.authorization', '*.headers.cookie'];

/** One structured line per event, to standard output. */
export function createLogger({ level, format }: LoggerOptions): Logger {
  const options = { level, base: null, redact: REDACTED };
  const isPretty = format === undefined ? process.stdout.isTTY : format === 'pretty';
  return isPretty ? pino(options, pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname' })) : pino(options);
}
