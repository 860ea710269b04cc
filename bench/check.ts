import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { Client } from 'pg';
import { WRITE_CHECKS } from './check-writes.ts';
import type { RunningContender } from './contender-process.ts';
import type { TaskAnswer } from './protocol.ts';
import { fieldsOf } from './protocols/document-variants.ts';
import { LIST_LENGTH, SEARCHED_WORDS } from './seed.ts';
import { signToken } from './tokens.ts';
import { type Check, createWitness, toAnswer, type Witness } from './witness.ts';
import type { Scene } from './workloads.ts';

/**
 * Makes sure that a contender really does the work that is about to be measured: its answers to the workload are
 * compared with the database, and a forged token must be refused. Throws an error that names contender and workload.
 */
export async function checkContender(
  server: RunningContender,
  workload: string,
  database: Client,
  scene: Scene,
): Promise<void> {
  const witness = createWitness(server.port, database);
  try {
    const check = CHECKS[workload];
    if (!check) throw new Error('there is no check for it');
    await check(scene, witness);
    const forged = await signToken(scene.users[0]!.id, 'a secret that no contender was told about');
    strictEqual(await witness.statusFor(forged, scene.protocol.list(1)), 401, 'a forged token');
  } catch (cause) {
    throw new Error(`${server.contender.name} fails the check of "${workload}": ${(cause as Error).message}`, {
      cause,
    });
  } finally {
    witness.close();
  }
}

const READ_CHECKS: Record<string, Check> = {
  async list(scene, witness) {
    await expectLists(scene, witness);
  },

  async get({ protocol, users }, { ask, storedTasks }) {
    const user = users[0]!;
    const id = user.taskIds.at(-1)!;
    const answered = protocol.readGet(await ask(user, protocol.get(id)));
    deepStrictEqual([answered], (await storedTasks('id = $1', [id])).map(toAnswer));
  },

  async search(scene, witness) {
    await expectSearches(scene, witness);
  },

  async page({ protocol, largeUser, deepCursor, deepPlace }, { ask, storedTasks }) {
    const answered = protocol.readList(await ask(largeUser, protocol.page(deepCursor, LIST_LENGTH)));
    const stored = await storedTasks('user_id = $1 order by created_at desc, id desc offset $2 limit $3', [
      largeUser.id,
      deepPlace.position,
      LIST_LENGTH,
    ]);
    expectSame(answered, stored.map(toAnswer), LIST_LENGTH);
  },

  async count(scene, witness) {
    await expectCounts(scene, witness);
  },

  async planned({ protocol, plannedUsers }, { ask, storedTasks }) {
    const user = plannedUsers[0]!;
    const stored = await storedTasks('user_id = $1 order by created_at desc, id desc limit $2', [user.id, LIST_LENGTH]);
    const answered = protocol.readPlanned?.(await ask(user, protocol.planned!(LIST_LENGTH))) ?? [];
    expectSame(
      answered.map(({ id, title, description, completed, version }) => ({
        id,
        title,
        description,
        completed,
        version,
      })),
      stored.map(toAnswer),
      LIST_LENGTH,
    );
    // As they are seeded (seed-planned.ts): 200 tasks, the newest first.
    answered.forEach((task, index) => {
      const n = 200 - index;
      strictEqual(task.tags.length, Math.min(n % 4, 10 - (n % 10)), 'number of tags');
      strictEqual(task.list, `Name ${(n % 5) + 1}`, 'list');
      strictEqual(task.priority, ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'][n % 5], 'priority');
      strictEqual(task.dueDate !== null, n % 2 === 0, 'due date');
      deepStrictEqual(
        [task.subtasks, task.completedSubtasks],
        n % 5 === 4 ? [1, (n + 1) % 4 === 0 ? 1 : 0] : [0, 0],
        'subtasks',
      );
    });
  },

  /** After everything that can change a list, whoever did it, the lists must be those of the database. */
  async day(scene, witness) {
    for (const check of Object.values(WRITE_CHECKS)) {
      await check(scene, witness);
      await expectReads(scene, witness);
    }
    const user = scene.users[0]!;
    await witness.change('update tasks set completed = not completed where id = any($1)', [user.taskIds.slice(0, 3)]);
    await expectReads(scene, witness);
  },

  async documents({ protocol, users }, { ask, storedTasks }) {
    const user = users[0]!;
    const stored = await storedTasks('user_id = $1 order by created_at desc, id desc limit $2', [user.id, LIST_LENGTH]);
    for (const variant of [1, 63, 4094]) {
      const answered = protocol.readDocument?.(await ask(user, protocol.document!(variant, LIST_LENGTH))) ?? [];
      strictEqual(answered.length, stored.length);
      answered.forEach((task, index) => {
        deepStrictEqual(Object.keys(task as object), fieldsOf(variant));
        const known = { ...(task as TaskAnswer), ...toAnswer(stored[index]!) };
        for (const field of fieldsOf(variant)) {
          strictEqual((task as Record<string, unknown>)[field], (known as Record<string, unknown>)[field], field);
        }
      });
    }
  },
};

const CHECKS: Record<string, Check> = { ...READ_CHECKS, ...WRITE_CHECKS };

async function expectReads(scene: Scene, witness: Witness): Promise<void> {
  await expectLists(scene, witness);
  await expectSearches(scene, witness);
  await expectCounts(scene, witness);
}

/** Asked twice: what is remembered must be right too. */
async function expectLists({ protocol, users }: Scene, { ask, storedTasks }: Witness): Promise<void> {
  const user = users[0]!;
  const stored = await storedTasks('user_id = $1 order by created_at desc, id desc limit $2', [user.id, LIST_LENGTH]);
  for (const _time of ['first', 'second']) {
    expectSame(protocol.readList(await ask(user, protocol.list(LIST_LENGTH))), stored.map(toAnswer), LIST_LENGTH);
  }
}

async function expectSearches({ protocol, users }: Scene, { ask, storedTasks }: Witness): Promise<void> {
  const user = users[0]!;
  for (const words of SEARCHED_WORDS) {
    const stored = await storedTasks(
      `user_id = $1 and not completed and search @@ search_query($2) order by created_at desc, id desc limit $3`,
      [user.id, words, LIST_LENGTH],
    );
    expectSame(protocol.readList(await ask(user, protocol.search(words, LIST_LENGTH))), stored.map(toAnswer), 1);
  }
}

async function expectCounts({ protocol, users }: Scene, { ask, storedTasks }: Witness): Promise<void> {
  const user = users[0]!;
  const stored = await storedTasks('user_id = $1 order by created_at desc, id desc', [user.id]);
  const answer = await ask(user, protocol.count(LIST_LENGTH));
  strictEqual(protocol.readCount(answer), stored.length, 'number of all tasks');
  expectSame(protocol.readList(answer), stored.slice(0, LIST_LENGTH).map(toAnswer), LIST_LENGTH);
}

/** An empty list would equal another empty one. */
function expectSame(answered: readonly TaskAnswer[], stored: readonly TaskAnswer[], least: number): void {
  strictEqual(stored.length >= least, true, `the database has fewer than ${least} such tasks`);
  deepStrictEqual(answered, stored);
}
