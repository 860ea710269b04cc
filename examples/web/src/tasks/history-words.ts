import type { TaskHistoryQuery } from '../generated/graphql.ts';
import type { Labels } from '../labels/use-labels.ts';
import { dueLabel } from './due-label.ts';
import { priorityName } from './priority.ts';
import { recurrenceName } from './recurrence.ts';

type Entry = NonNullable<TaskHistoryQuery['task']>['history']['nodes'][number];
type Change = Entry['changes'][number];

/** What one change did, in words. Fields that follow from others are left out. */
export function wordsOf({ changes }: Entry, labels: Labels): readonly string[] {
  const words = changes.flatMap((change) => WORDS[change.field]?.(change, labels) ?? []);
  return words.length > 0 ? words : ['Changed'];
}

const WORDS: Readonly<Record<string, (change: Change, labels: Labels) => string>> = {
  title: ({ after }) => `Title: ${after}`,
  description: ({ after }) => (after === null ? 'Notes removed' : 'Notes changed'),
  completed: ({ after }) => (after === 'true' ? 'Completed' : 'Opened again'),
  priority: ({ after }) => `Priority: ${priorityWord(after)}`,
  dueDate: ({ after }) => dueWords(after, null),
  dueAt: ({ after }) => dueWords(null, after),
  recurrence: ({ after }) => (after === null ? 'Repeats no more' : `Repeats: ${recurrenceName(after).toLowerCase()}`),
  recurrenceBasis: ({ after }) => (after === 'COMPLETION' ? 'Counted from completion' : 'Counted from the due date'),
  tagIds: ({ after }, { tags }) => `Tags: ${namesOf(after, tags) || 'none'}`,
  listId: ({ after }, { lists }) => `List: ${namesOf(after, lists) || 'none'}`,
  parentId: ({ after }) => (after === null ? 'A task of its own' : 'Made a subtask'),
  position: () => 'Moved',
  deletedAt: ({ after }) => (after === null ? 'Restored' : 'Deleted'),
};

function priorityWord(value: string | null): string {
  return priorityName((value ?? 'NONE') as Parameters<typeof priorityName>[0]).toLowerCase();
}

function dueWords(dueDate: string | null, dueAt: string | null): string {
  const due = dueLabel({ dueDate, dueAt });
  return due ? `Due: ${due.text}` : 'No longer due';
}

/** Those that are still there. */
function namesOf(ids: string | null, labels: readonly { readonly id: string; readonly name: string }[]): string {
  const wanted = ids?.split(',') ?? [];
  return labels
    .filter(({ id }) => wanted.includes(id))
    .map(({ name }) => name)
    .join(', ');
}
