import type { Client } from 'pg';
import { createHttpClient } from './http-client.ts';
import type { HttpCall, TaskAnswer } from './protocol.ts';
import type { SeededUser } from './seeded-user.ts';
import type { Scene } from './workloads.ts';

/** A task as the database has it. */
export interface StoredTask extends TaskAnswer {
  readonly userId: string;
  readonly isStamped: boolean;
}

/** Asks one running contender, and reads the database past it. */
export interface Witness {
  /** The parsed answer for this user; throws for a status that tells of a failure. */
  ask(user: SeededUser, call: HttpCall): Promise<unknown>;
  /** The status of the answer to whoever sends this token. */
  statusFor(token: string, call: HttpCall): Promise<number>;
  /** Stored tasks, deleted ones left out; `condition` is SQL from `where` on, with the values as parameters. */
  storedTasks(condition: string, values: readonly unknown[]): Promise<StoredTask[]>;
  /** Changes the database past the contender. */
  change(sql: string, values: readonly unknown[]): Promise<void>;
  close(): void;
}

/** Compares the answers to one workload with the database; throws where they differ. */
export type Check = (scene: Scene, witness: Witness) => Promise<void>;

export function createWitness(port: number, database: Client): Witness {
  const client = createHttpClient(port, 1);
  return {
    async ask(user, call) {
      const { status, body } = await client.send(call, user.token);
      if (status >= 300) throw new Error(`HTTP ${status} ${body.slice(0, 300)}`);
      return JSON.parse(body);
    },
    statusFor: async (token, call) => (await client.send(call, token)).status,
    async storedTasks(condition, values) {
      const { rows } = await database.query<StoredTask>(
        `select id::text, title, description, completed, version,
           user_id "userId", completed_at is not null "isStamped"
         from tasks where deleted_at is null and ${condition}`,
        [...values],
      );
      return rows;
    },
    async change(sql, values) {
      await database.query(sql, [...values]);
    },
    close: () => client.close(),
  };
}

/** The part of a stored task that is answered. */
export function toAnswer({ id, title, description, completed, version }: StoredTask): TaskAnswer {
  return { id, title, description, completed, version };
}
