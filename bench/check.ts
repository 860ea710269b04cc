import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { Client } from 'pg';
import type { RunningContender } from './contender-process.ts';
import { createHttpClient } from './http-client.ts';
import type { HttpCall, TaskAnswer } from './protocol.ts';
import { CREATED_TITLE_PREFIX, type SeededUser } from './seed.ts';
import { signToken } from './tokens.ts';
import { LIST_LENGTH } from './workloads.ts';

/** Asks one running contender and reads the database; made for one check. */
interface Witness {
  readonly user: SeededUser;
  ask(call: HttpCall, token?: string): Promise<{ status: number; json: unknown }>;
  storedTasks(condition: string, values: unknown[]): Promise<StoredTask[]>;
}

interface StoredTask extends TaskAnswer {
  readonly userId: string;
  readonly isStamped: boolean;
}

/**
 * Makes sure that a contender really does the work that is about to be measured: its answers to the workload are
 * compared with the database, and a forged token must be refused. Throws an error that names contender and workload.
 */
export async function checkContender(
  server: RunningContender,
  workload: string,
  database: Client,
  user: SeededUser,
): Promise<void> {
  const client = createHttpClient(server.port, 1);
  const witness: Witness = {
    user,
    ask: async (call, token = user.token) => {
      const { status, body } = await client.send(call, token);
      return { status, json: JSON.parse(body) };
    },
    storedTasks: (condition, values) => readTasks(database, condition, values),
  };
  try {
    await checks[workload]?.(server.contender, witness);
    const forged = await signToken(user.id, 'a secret that no contender was told about');
    strictEqual((await witness.ask(server.contender.protocol.list(1), forged)).status, 401, 'a forged token');
  } catch (cause) {
    throw new Error(`${server.contender.name} fails the check of "${workload}": ${(cause as Error).message}`, {
      cause,
    });
  } finally {
    client.close();
  }
}

type Check = (contender: RunningContender['contender'], witness: Witness) => Promise<void>;

const checks: Record<string, Check> = {
  async list({ protocol }, { user, ask, storedTasks }) {
    const answered = protocol.readList((await ask(protocol.list(LIST_LENGTH))).json);
    const stored = await storedTasks('user_id = $1 order by created_at desc, id desc limit $2', [user.id, LIST_LENGTH]);
    strictEqual(stored.length, LIST_LENGTH);
    deepStrictEqual(answered, stored.map(toAnswer));
  },

  async get({ protocol }, { user, ask, storedTasks }) {
    const id = user.taskIds[30] ?? user.taskIds[0]!;
    const answered = protocol.readGet((await ask(protocol.get(id))).json);
    deepStrictEqual([answered], (await storedTasks('id = $1', [id])).map(toAnswer));
  },

  async create({ protocol }, { user, ask, storedTasks }) {
    const task = {
      title: `${CREATED_TITLE_PREFIX}: "check" \\ ü`,
      description: 'Two lines,\nwith a quotation "mark".',
    };
    const answered = protocol.readCreate((await ask(protocol.create(task))).json);
    const stored = await storedTasks('id = $1', [answered.id]);
    deepStrictEqual([answered], stored.map(toAnswer));
    deepStrictEqual({ title: answered.title, description: answered.description }, task);
    strictEqual(stored[0]?.userId, user.id);
  },

  async toggle({ protocol }, { user, ask, storedTasks }) {
    const id = user.taskIds[0]!;
    const [before] = await storedTasks('id = $1', [id]);
    const answered = protocol.readToggle((await ask(protocol.toggle(id))).json);
    const [after] = await storedTasks('id = $1', [id]);
    ok(before && after);
    deepStrictEqual(answered, toAnswer(after));
    strictEqual(after.completed, !before.completed);
    strictEqual(after.isStamped, after.completed, 'completed_at');
    strictEqual(after.version, before.version + 1);
  },
};

async function readTasks(database: Client, condition: string, values: unknown[]): Promise<StoredTask[]> {
  const { rows } = await database.query<StoredTask>(
    `select id::text, title, description, completed, version,
       user_id "userId", completed_at is not null "isStamped"
     from tasks where ${condition}`,
    values,
  );
  return rows;
}

function toAnswer({ id, title, description, completed, version }: StoredTask): TaskAnswer {
  return { id, title, description, completed, version };
}
