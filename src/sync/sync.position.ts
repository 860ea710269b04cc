import { UnauthenticatedError } from '../core/errors.ts';
import type { ChangedTasks, ChangeState } from './sync.queries.ts';
import { type ClaimedPosition, notGiven, type SyncPosition } from './sync.token.ts';

/** What the reads found; without the user's row there is nobody to answer. */
export function foundOf(found: ChangedTasks | undefined): ChangedTasks {
  if (found) return found;
  throw new UnauthenticatedError('invalid_token', 'The account does not exist');
}

/** @throws BadUserInputError when this server has not given the position to this user */
export function assertGiven(claimed: ClaimedPosition, { key }: ChangeState): void {
  if (!claimed.isGivenTo(key)) throw notGiven('since');
}

/**
 * Whether nobody can tell any more what has changed since: some of it was purged, or the database goes on from an
 * earlier state than the one that the position is of.
 */
export function isLost(position: SyncPosition, { epoch, head, purged }: ChangeState): boolean {
  return position.epoch !== epoch || position.rev < purged || position.rev > head;
}
