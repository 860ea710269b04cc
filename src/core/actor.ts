/** Who acts: the verified token's subject with what the token says of them. The first argument of every service method. */
export interface Actor {
  /** the token's `sub`, 1 to 255 characters */
  readonly userId: string;
  readonly email: string | null;
  readonly name: string | null;
  /** seconds since the epoch at which the token was issued */
  readonly issuedAt: number;
}

/** An actor on a connection that stays open, which must not outlive the token. */
export interface ConnectedActor extends Actor {
  /** seconds since the epoch */
  readonly expiresAt: number;
}
