import { createRequire } from 'node:module';
import { type DestinationStream, type Logger, pino, type SerializedError, stdSerializers } from 'pino';
import type { PinoPretty } from 'pino-pretty';
import { standardOutput } from './standard-output.ts';
import { placeForLog } from './tracing.ts';

export type { Logger };

export interface LoggerOptions {
  level: string;
  /** `undefined`: pretty on a terminal, JSON otherwise */
  format: 'json' | 'pretty' | undefined;
  /** lines say to which trace they belong */
  traced?: boolean;
}

/** Where credentials may stand in what is logged; everything else that is secret is simply never passed. */
const REDACTED = ['headers.authorization', 'headers.cookie', '*.headers.authorization', '*.headers.cookie'];

/** Fields of a database error that may quote the row it is about, which is what users wrote. */
const ROW_FIELDS = ['detail', 'where', 'internalQuery'];
/** Errors whose causes are each other would never end. */
const MAXIMUM_CAUSES = 10;

/** An error whole, but without the rows that PostgreSQL quotes and MikroORM repeats in message and stack. */
function withoutRows(error: Error): SerializedError {
  const told = stdSerializers.err(error);
  const quoted = detailsOf(error, MAXIMUM_CAUSES);
  if (quoted.length === 0) return told;
  for (const field of ROW_FIELDS) delete told[field];
  for (const detail of quoted) {
    told.message = told.message.replaceAll(detail, '[row]');
    told.stack = String(told.stack).replaceAll(detail, '[row]');
  }
  return told;
}

function detailsOf(error: unknown, depth: number): string[] {
  if (!(error instanceof Error) || depth === 0) return [];
  const { detail } = error as { detail?: unknown };
  return [...(typeof detail === 'string' && detail !== '' ? [detail] : []), ...detailsOf(error.cause, depth - 1)];
}

/** One structured line per event, to standard output or to where `destination` takes them. */
export function createLogger({ level, format, traced }: LoggerOptions, destination?: DestinationStream): Logger {
  const place = traced ? { mixin: placeForLog } : {};
  const options = { level, base: null, redact: REDACTED, serializers: { err: withoutRows }, ...place };
  const isPretty = format === undefined ? process.stdout.isTTY : format === 'pretty';
  if (!isPretty) return pino(options, destination ?? standardOutput());
  // Loaded here, since a server in production never needs it.
  const pretty: typeof PinoPretty = createRequire(import.meta.url)('pino-pretty');
  return pino(
    options,
    pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname', ...(destination && { destination }) }),
  );
}
