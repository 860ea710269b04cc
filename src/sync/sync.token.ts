import { createHmac, timingSafeEqual } from 'node:crypto';
import { BadUserInputError } from '../core/errors.ts';

/** Where a full start is: below which task its next page begins. */
export interface StartPlace {
  /** milliseconds since the epoch, of the last task's creation */
  readonly createdAt: number;
  readonly id: string;
}

/** What a device knows: every change of its user up to `rev`, in the history that `epoch` names. */
export interface SyncPosition {
  /** a UUID; another one after the database was restored from a backup, where `rev` counts on from an older number */
  readonly epoch: string;
  readonly rev: number;
  /** while the tasks of the start are not all read; `rev` is then what was current when it began */
  readonly start?: StartPlace | undefined;
}

/** A position that somebody claims to have been given. */
export interface ClaimedPosition extends SyncPosition {
  /** Whether it was given to the user whose key this is. */
  isGivenTo(key: string): boolean;
}

const FORMAT = 1;
const UUID_BYTES = 16;
const MAC_BYTES = 16;
const CHANGES_BYTES = 1 + UUID_BYTES + 8;
const START_BYTES = CHANGES_BYTES + 8 + UUID_BYTES;
const MAXIMUM_CHARACTERS = 100;
/** Moments that JavaScript and PostgreSQL write alike: of the years 1 to 9999. */
const EARLIEST = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The text of a position: its bytes in base64url, behind them an HMAC-SHA256 under the user's own key, cut to 128 bits
 * (RFC 2104 section 5). So a token of another user or of nobody's making is told from one that was given, and clients can
 * make nothing of its inside.
 */
export function encodePosition(position: SyncPosition, key: string): string {
  const { epoch, rev, start } = position;
  const bytes = Buffer.alloc((start ? START_BYTES : CHANGES_BYTES) + MAC_BYTES);
  bytes[0] = FORMAT;
  writeUuid(bytes, epoch, 1);
  bytes.writeBigUInt64BE(BigInt(rev), 1 + UUID_BYTES);
  if (start) {
    bytes.writeBigInt64BE(BigInt(start.createdAt), CHANGES_BYTES);
    writeUuid(bytes, start.id, CHANGES_BYTES + 8);
  }
  const content = bytes.subarray(0, -MAC_BYTES);
  macOf(content, key).copy(bytes, content.length);
  return bytes.toString('base64url');
}

/**
 * What a token says, not yet known to be true.
 * @throws BadUserInputError for what is no token; `argument` names it
 */
export function decodePosition(token: string, argument: string): ClaimedPosition {
  const bytes = Buffer.from(token.length <= MAXIMUM_CHARACTERS ? token : '', 'base64url');
  const content = bytes.subarray(0, -MAC_BYTES);
  const isWellFormed =
    (content.length === CHANGES_BYTES || content.length === START_BYTES) &&
    bytes[0] === FORMAT &&
    // Decoding skips what is not base64url: only an exact round trip counts.
    bytes.toString('base64url') === token;
  const rev = isWellFormed ? bytes.readBigUInt64BE(1 + UUID_BYTES) : -1n;
  if (rev < 0n || rev > BigInt(Number.MAX_SAFE_INTEGER)) throw notGiven(argument);
  const start =
    content.length === START_BYTES
      ? { createdAt: Number(bytes.readBigInt64BE(CHANGES_BYTES)), id: readUuid(bytes, CHANGES_BYTES + 8) }
      : undefined;
  // Whether it was given is known only after the read, which must not fail over it.
  if (start && (start.createdAt < EARLIEST || start.createdAt > LATEST)) throw notGiven(argument);
  const mac = bytes.subarray(-MAC_BYTES);
  return {
    epoch: readUuid(bytes, 1),
    rev: Number(rev),
    start,
    isGivenTo: (key) => timingSafeEqual(mac, macOf(content, key)),
  };
}

/** The error for a token that this server has not given to this user. */
export function notGiven(argument: string): BadUserInputError {
  return new BadUserInputError([{ field: argument, message: 'is not a sync token of this user: start without one' }]);
}

function macOf(content: Buffer, key: string): Buffer {
  return createHmac('sha256', key).update('sync token').update(content).digest().subarray(0, MAC_BYTES);
}

function writeUuid(bytes: Buffer, uuid: string, offset: number): void {
  bytes.write(uuid.replaceAll('-', ''), offset, 'hex');
}

function readUuid(bytes: Buffer, offset: number): string {
  const digits = bytes.toString('hex', offset, offset + UUID_BYTES);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
