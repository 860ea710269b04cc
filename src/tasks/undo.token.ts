import { parse, stringify } from 'uuid';
import { BadUserInputError } from '../core/errors.ts';

/** The version of a task that a change has led to. */
export interface Change {
  readonly id: string;
  readonly version: number;
}

/** What a write has done to a task, as far as it can be taken back. */
export interface Written extends Change {
  /** nothing */
  readonly isUnchanged?: true;
  /** what it has done to other ones for the sake of this one */
  readonly besides?: readonly Change[];
}

/** of the form of tokens */
const FORM = 1;
const ID_BYTES = 16;
const ENTRY_BYTES = ID_BYTES + 4;
const MAXIMUM_ENTRIES = 100;
export const UNDO_TOKEN_PATTERN = /^[\w-]+$/;

/**
 * Names the changes of one mutation, so that they can be taken back: ids and versions, and nothing that only its user may
 * know. What it was before stands in the history of the tasks, and whose tasks they are is judged when it is used.
 */
export function undoTokenOf(written: readonly Written[]): string | null {
  const changes = written.flatMap((task) => (task.isUnchanged ? [] : [...(task.besides ?? []), task]));
  if (changes.length === 0 || changes.length > MAXIMUM_ENTRIES) return null;
  const bytes = Buffer.alloc(1 + changes.length * ENTRY_BYTES);
  bytes[0] = FORM;
  changes.forEach(({ id, version }, index) => {
    const start = 1 + index * ENTRY_BYTES;
    bytes.set(parse(id), start);
    bytes.writeUInt32BE(version, start + ID_BYTES);
  });
  return bytes.toString('base64url');
}

/** @throws BadUserInputError for what is no token */
export function changesOfToken(token: string): Change[] {
  const bytes = Buffer.from(UNDO_TOKEN_PATTERN.test(token) ? token : '', 'base64url');
  const entries = (bytes.length - 1) / ENTRY_BYTES;
  const isToken = bytes[0] === FORM && Number.isInteger(entries) && entries >= 1 && entries <= MAXIMUM_ENTRIES;
  if (!isToken || bytes.toString('base64url') !== token) throw notAToken();
  const changes = Array.from({ length: entries }, (_, index) => {
    const start = 1 + index * ENTRY_BYTES;
    return { id: idOf(bytes.subarray(start, start + ID_BYTES)), version: bytes.readUInt32BE(start + ID_BYTES) };
  });
  if (new Set(changes.map(({ id }) => id)).size < entries) throw notAToken();
  return changes;
}

function idOf(bytes: Uint8Array): string {
  try {
    return stringify(bytes);
  } catch {
    throw notAToken();
  }
}

function notAToken(): BadUserInputError {
  return new BadUserInputError([{ field: 'token', message: 'is not an undo token' }]);
}
