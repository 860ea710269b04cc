import type { DatabaseFault } from './errors.ts';

/** Hears what goes wrong or takes long in the database, for whoever watches over it. Its methods never throw. */
export interface DatabaseObserver {
  /** Somebody got a connection after so many seconds; who found one free did not wait and is not told. */
  waited(seconds: number): void;
  /** Somebody got none in time, or was refused at once as too many waited already. */
  refused(reason: 'timeout' | 'overload'): void;
  /** A statement or transaction failed; one that is tried again counts each time. */
  failed(fault: DatabaseFault): void;
}
