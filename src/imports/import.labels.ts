import type { Actor } from '../core/actor.ts';
import { BadUserInputError, ConflictError } from '../core/errors.ts';
import type { LabelService } from '../labels/label.service.ts';
import { type LabelKind, type LabelRow, MAXIMUM_LABELS } from '../labels/label.ts';

/** A tag or a list that a file tells of: by its name, or as an export has it. */
export interface NamedLabel {
  id?: string;
  name: string;
  color?: string | null;
}

/** The user's own tags or lists, by the ids and, in lower case, by the names that a file calls them by. */
export type LabelIds = ReadonlyMap<string, string>;

/** Those of a file beside those that the user has: by id, else by name, whatever its case. */
export interface ResolvedLabels {
  /** of those that are there */
  found: LabelIds;
  isComplete: boolean;
  /** Makes the others. Answers the ids of all. */
  make(): Promise<LabelIds>;
}

/** @throws BadUserInputError when there would be too many */
export async function resolveLabels(
  labels: LabelService,
  actor: Actor,
  kind: LabelKind,
  named: Iterable<NamedLabel>,
): Promise<ResolvedLabels> {
  const rows = await labels.all(actor, kind);
  const found = indexOf(rows);
  const missing = new Map<string, NamedLabel[]>();
  for (const label of named) {
    const name = label.name.toLowerCase();
    const id = idIn(found, label);
    if (id !== undefined && label.id !== undefined) found.set(label.id, id);
    if (id === undefined && !missing.get(name)?.push(label)) missing.set(name, [label]);
  }
  if (missing.size > 0 && rows.length + missing.size > MAXIMUM_LABELS) {
    const sum = `${rows.length} are there and ${missing.size} would be new`;
    throw new BadUserInputError([], `There may be at most ${MAXIMUM_LABELS} ${kind}: ${sum}`);
  }

  return {
    found,
    isComplete: missing.size === 0,
    async make() {
      const all = new Map(found);
      for (const [name, same] of missing) {
        const [label] = same;
        if (!label) continue;
        const id = await makeLabel(labels, actor, kind, label);
        all.set(name, id);
        for (const { id: given } of same) if (given !== undefined) all.set(given, id);
      }
      return all;
    },
  };
}

function indexOf(rows: readonly LabelRow[]): Map<string, string> {
  return new Map([
    ...rows.map(({ id, name }) => [name.toLowerCase(), id] as const),
    ...rows.map(({ id }) => [id, id] as const),
  ]);
}

function idIn(ids: LabelIds, { id, name }: NamedLabel): string | undefined {
  return (id === undefined ? undefined : ids.get(id)) ?? ids.get(name.toLowerCase());
}

async function makeLabel(labels: LabelService, actor: Actor, kind: LabelKind, label: NamedLabel): Promise<string> {
  try {
    return (await labels.create(actor, kind, label)).id;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    // One of this name was made meanwhile; or the id is that of another, perhaps somebody else's.
    const id = idIn(indexOf(await labels.all(actor, kind)), label);
    return id ?? (await labels.create(actor, kind, { name: label.name, color: label.color ?? null })).id;
  }
}
