/** A seeded user: the token and the tasks, newest first. */
export interface SeededUser {
  readonly id: string;
  readonly token: string;
  readonly taskIds: readonly string[];
}
