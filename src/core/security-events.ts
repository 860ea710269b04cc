/** What the log of security events knows of. The list is closed; the database checks it too. */
export const SECURITY_EVENTS = [
  'SIGNED_UP',
  'SIGNED_IN',
  'SIGN_IN_FAILED',
  'SIGNED_OUT',
  'PASSWORD_CHANGED',
  'FIRST_SEEN',
  'TOKEN_REFUSED',
  'ACCESS_DENIED',
  'LIMIT_HIT',
  'TOKENS_REVOKED',
  'ACCOUNT_DELETED',
  'RESTORED',
] as const;
export type SecurityEventName = (typeof SECURITY_EVENTS)[number];

export const SECURITY_OUTCOMES = ['SUCCEEDED', 'REFUSED'] as const;
export type SecurityOutcome = (typeof SECURITY_OUTCOMES)[number];

/** What an event says beside its name: words of this list and never what a client wrote, so that nothing leaks through it. */
export const SECURITY_DETAILS = [
  'MALFORMED_TOKEN',
  'INVALID_TOKEN',
  'EXPIRED_TOKEN',
  'REVOKED_TOKEN',
  'DELETED_ACCOUNT',
  'FOREIGN_ROW',
  'DATABASE_POLICY',
  'LIMIT_OF_USER',
  'LIMIT_OF_ADDRESS',
  'WRONG_PASSWORD',
  'UNKNOWN_ACCOUNT',
] as const;
export type SecurityDetail = (typeof SECURITY_DETAILS)[number];

/** Where a request came from; read only when there is something to record. */
export interface RequestOrigin {
  readonly address: string;
  readonly requestId: string;
}

export interface SecurityEvent {
  readonly event: SecurityEventName;
  readonly outcome: SecurityOutcome;
  /** whom it is about; `null` when nobody is known, as with a forged token */
  readonly userId: string | null;
  readonly detail?: SecurityDetail | undefined;
  /** absent when no request caused it */
  readonly origin?: RequestOrigin | undefined;
}

/** Takes down what happened; the feature of the audit log stands behind it. */
export interface SecurityEventLog {
  /** Returns at once and never throws. A flood of equal events is summed up. */
  record(event: SecurityEvent): void;
  /**
   * For what must not be lost: resolves when the event is stored. It never rejects, since what it tells of has happened
   * already; while the database is away the event is kept, and its line in the log stream is written in any case.
   */
  recordNow(event: SecurityEvent): Promise<void>;
}
