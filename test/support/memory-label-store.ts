import { ConflictError } from '../../src/core/errors.ts';
import type { LabelStore } from '../../src/labels/label.store.ts';
import type { LabelKind, LabelRow } from '../../src/labels/label.ts';

/** Tags and lists in a map. They know nothing of tasks, and keys are not remembered. */
export function createMemoryLabelStore(now: () => string): LabelStore {
  const labels = new Map<string, LabelRow & { userId: string; kind: LabelKind }>();
  const own = (userId: string, kind: LabelKind) =>
    [...labels.values()].filter((label) => label.userId === userId && label.kind === kind);
  const rowOf = ({ userId: _userId, kind: _kind, ...row }: LabelRow & { userId: string; kind: LabelKind }): LabelRow =>
    row;
  const find = (userId: string, kind: LabelKind, id: string) => own(userId, kind).find((label) => label.id === id);

  const store: LabelStore = {
    async all(userId, kind) {
      return own(userId, kind)
        .map(rowOf)
        .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
    },
    byIds: async (userId, kind, ids) =>
      own(userId, kind)
        .filter(({ id }) => ids.includes(id))
        .map(rowOf),
    countsOfLists: async () => [],
    async insert(userId, kind, label) {
      const isTaken = own(userId, kind).some(({ name }) => name.toLowerCase() === label.name.toLowerCase());
      if (labels.has(label.id) || isTaken) throw new ConflictError('This id or name is already in use');
      const row = { ...label, createdAt: now(), updatedAt: now(), version: 1 };
      labels.set(label.id, { ...row, userId, kind });
      return row;
    },
    async change(userId, kind, id, changes, versions) {
      const label = find(userId, kind, id);
      if (!label) return undefined;
      if (versions && !versions.includes(label.version)) throw new ConflictError('It has changed', label.version);
      Object.assign(label, changes, { updatedAt: now(), version: label.version + 1 });
      return rowOf(label);
    },
    async remove(userId, kind, id) {
      return find(userId, kind, id) !== undefined && labels.delete(id);
    },
    once: async (_userId, { taskId }, work) => ({ answer: await work(store, taskId), isReplay: false }),
  };
  return store;
}
