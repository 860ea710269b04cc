import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../core/actor.ts';
import { ConflictError, NotFoundError } from '../core/errors.ts';
import type { IdempotencyKey } from '../core/idempotency-key.ts';
import { targetOf, uuid } from '../core/input.schemas.ts';
import { createOnce } from '../core/once.ts';
import { parseInput } from '../core/validation.ts';
import { type CreateLabelInput, createLabelInput, type UpdateLabelInput, updateLabelInput } from './label.inputs.ts';
import type { LabelChanges, LabelStore, ListCounts, NewLabel } from './label.store.ts';
import type { LabelKind, LabelRow } from './label.ts';

export interface LabelWriteOptions {
  /** those that the client accepts to change; any when absent */
  versions?: readonly number[] | undefined;
  /** sent again under it within 24 hours, the request is answered as it was and done once */
  key?: IdempotencyKey | undefined;
}

/**
 * What can be done with tags and lists, at most 500 of each. Every method acts for `actor` on their own only, validates
 * its input, and knows nothing of those of others: there is none.
 * @throws BadUserInputError, NotFoundError, ConflictError (name or id taken, stale version)
 */
export interface LabelService {
  /** all of them, by their names */
  all(actor: Actor, kind: LabelKind): Promise<LabelRow[]>;
  get(actor: Actor, kind: LabelKind, id: string): Promise<LabelRow>;
  /** those of `ids` that there are, in no order */
  byIds(actor: Actor, kind: LabelKind, ids: readonly string[]): Promise<LabelRow[]>;
  countsOfLists(actor: Actor, listIds: readonly string[]): Promise<ListCounts[]>;
  /** With a client-made id a retry is harmless. */
  create(
    actor: Actor,
    kind: LabelKind,
    input: CreateLabelInput,
    options?: Pick<LabelWriteOptions, 'key'>,
  ): Promise<LabelRow>;
  /** Absent fields stay, null clears. */
  update(
    actor: Actor,
    kind: LabelKind,
    id: string,
    input: UpdateLabelInput,
    options?: LabelWriteOptions,
  ): Promise<LabelRow>;
  /** Its tasks stay, without it, each changed by that. Answers the id. */
  delete(actor: Actor, kind: LabelKind, id: string, options?: LabelWriteOptions): Promise<string>;
}

export function createLabelService(store: LabelStore): LabelService {
  const once = createOnce(store);

  return {
    all: ({ userId }, kind) => store.all(userId, kind),
    async byIds({ userId }, kind, ids) {
      const known = ids.flatMap((id) => uuid.safeParse(id).data ?? []);
      return known.length === 0 ? [] : store.byIds(userId, kind, known);
    },
    countsOfLists: ({ userId }, listIds) => store.countsOfLists(userId, listIds),

    async get({ userId }, kind, id) {
      const [label] = await store.byIds(userId, kind, [parseInput(uuid, id, 'id')]);
      if (!label) throw absent(kind);
      return label;
    },

    async create(actor, kind, input, { key } = {}) {
      const { id, name, color = null } = parseInput(createLabelInput, input);
      return once(actor, key, id ?? uuidv7(), [kind, id, name, color], (within, chosen) =>
        createUnder(within, actor, kind, { id: chosen, name, color }),
      );
    },

    async update(actor, kind, id, input, { versions, key } = {}) {
      const [own, accepted] = targetOf(id, versions);
      const { name, color } = parseInput(updateLabelInput, input);
      const changes: LabelChanges = {
        ...(name === undefined ? {} : { name }),
        ...(color === undefined ? {} : { color }),
      };
      return once(actor, key, own, [kind, 'update', own, changes, accepted], async (within) => {
        const label = await within.change(actor.userId, kind, own, changes, accepted);
        if (!label) throw absent(kind);
        return label;
      });
    },

    async delete(actor, kind, id, { versions, key } = {}) {
      const [own, accepted] = targetOf(id, versions);
      return once(actor, key, own, [kind, 'delete', own, accepted], async (within) => {
        if (!(await within.remove(actor.userId, kind, own, accepted))) throw absent(kind);
        return own;
      });
    },
  };
}

async function createUnder(store: LabelStore, { userId }: Actor, kind: LabelKind, label: NewLabel): Promise<LabelRow> {
  try {
    return await store.insert(userId, kind, label);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const [existing] = await store.byIds(userId, kind, [label.id]);
    if (existing?.name === label.name && existing.color === label.color) return existing;
    throw error;
  }
}

function absent(kind: LabelKind): NotFoundError {
  return new NotFoundError(kind === 'tags' ? 'There is no such tag' : 'There is no such list');
}
