import type { IncomingMessage } from 'node:http';
import { RequestRecord } from '../core/request-record.ts';

const RECORD = Symbol('record');

/** A property, as a WeakMap would cost each request more than everything that is written into its record. */
interface Recorded {
  [RECORD]?: RequestRecord;
}

/** The record of a request, a new one where it has none yet. */
export function recordOf(request: IncomingMessage): RequestRecord {
  const recorded: Recorded = request as IncomingMessage & Recorded;
  recorded[RECORD] ??= new RequestRecord();
  return recorded[RECORD];
}
