import { BadUserInputError } from '../core/errors.ts';
import { bodyOf } from './snake-case.ts';

/** Conditional requests (RFC 9110 section 13) over the version of what is asked for. */

interface Versioned {
  version: number;
}

export function etagOf({ version }: Versioned): string {
  return `"${version}"`;
}

const ETAG_LIST = /^\s*(W\/)?"[\x21\x23-\x7e]*"\s*(,\s*(W\/)?"[\x21\x23-\x7e]*"\s*)*$/;

/**
 * The versions that an `If-Match` header accepts (RFC 9110 section 13.1.1): `undefined` for any. Weak and foreign tags
 * never match.
 * @throws BadUserInputError for what is no list of entity tags
 */
export function versionsOf(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  if (ifMatch.length > 1000 || !ETAG_LIST.test(ifMatch)) {
    throw new BadUserInputError([{ field: 'If-Match', message: 'must be * or a list of entity tags' }]);
  }
  return ifMatch.split(',').flatMap((tag) => {
    const version = /^"(\d{1,9})"$/.exec(tag.trim())?.[1];
    return version === undefined || Number(version) < 1 ? [] : [Number(version)];
  });
}

/** Whether `If-None-Match` names this version (weak comparison, RFC 9110 section 13.1.2). */
export function isKnownTo(ifNoneMatch: string | undefined, known: Versioned): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etagOf(known));
}

/**
 * What a PUT or PATCH body asks for. Read-only fields are what clients send back of what they read: they are left
 * alone, except that a `version` must be the current one. The rest is for the service to judge.
 */
export function updateOf(
  body: unknown,
  accepted: number[] | undefined,
): { changes: Record<string, unknown>; versions: number[] | undefined } {
  const { id, completedAt, createdAt, updatedAt, position, version, ...changes } = bodyOf(body);
  if (version === undefined) return { changes, versions: accepted };
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new BadUserInputError([{ field: 'version', message: 'must be a whole number from 1' }]);
  }
  return { changes, versions: accepted === undefined || accepted.includes(version) ? [version] : [] };
}
