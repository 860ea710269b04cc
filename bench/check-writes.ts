import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { CREATED_TITLE_PREFIX, seedTitle } from './seed.ts';
import { type Check, toAnswer } from './witness.ts';

/** One for each workload that only writes: the answer must be the row that is stored afterwards. */
export const WRITE_CHECKS: Record<string, Check> = {
  async create({ protocol, users }, { ask, storedTasks }) {
    const user = users[0]!;
    const task = {
      title: `${CREATED_TITLE_PREFIX}: "check" \\ ü`,
      description: 'Two lines,\nwith a quotation "mark".',
    };
    const answered = protocol.readCreate(await ask(user, protocol.create(task)));
    const stored = await storedTasks('id = $1', [answered.id]);
    deepStrictEqual([answered], stored.map(toAnswer));
    deepStrictEqual({ title: answered.title, description: answered.description }, task);
    strictEqual(stored[0]?.userId, user.id);
  },

  async update({ protocol, users }, { ask, storedTasks }) {
    const user = users[0]!;
    const id = user.taskIds[1]!;
    const [before] = await storedTasks('id = $1', [id]);
    const title = seedTitle(before?.version ?? 0, 1);
    const answered = protocol.readUpdate(await ask(user, protocol.update(id, title)));
    const [after] = await storedTasks('id = $1', [id]);
    ok(before && after);
    deepStrictEqual(answered, toAnswer(after));
    deepStrictEqual(toAnswer(after), { ...toAnswer(before), title, version: before.version + 1 });
  },

  async toggle({ protocol, users }, { ask, storedTasks }) {
    const user = users[0]!;
    const id = user.taskIds[0]!;
    const [before] = await storedTasks('id = $1', [id]);
    const answered = protocol.readToggle(await ask(user, protocol.toggle(id)));
    const [after] = await storedTasks('id = $1', [id]);
    ok(before && after);
    deepStrictEqual(answered, toAnswer(after));
    strictEqual(after.completed, !before.completed);
    strictEqual(after.isStamped, after.completed, 'completed_at');
    strictEqual(after.version, before.version + 1);
  },
};
