import type { Actor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import { MAXIMUM_PAGE_SIZE } from '../core/paging.ts';
import type { LabelService } from '../labels/label.service.ts';
import { toResource } from '../tasks/task.resource.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { TaskRow } from '../tasks/task.ts';
import type { UserService } from '../users/user.service.ts';
import type { ExportedTaskLike } from './exported-task.ts';
import { writeICalendar } from './icalendar.writer.ts';
import { writeMarkdown } from './markdown.writer.ts';
import { writeTodoistCsv } from './todoist.writer.ts';

/** What other programs read. */
export const DOCUMENT_FORMATS = ['markdown', 'todoist', 'icalendar'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export interface ExportDocument {
  /** MIME */
  type: string;
  fileName: string;
  pieces: AsyncIterable<string>;
}

export const DOCUMENT_TYPES = {
  markdown: 'text/markdown',
  todoist: 'text/csv',
  icalendar: 'text/calendar',
} as const satisfies Record<DocumentFormat, string>;
const FILE_NAMES: Record<DocumentFormat, string> = {
  markdown: 'premium-todo.md',
  todoist: 'premium-todo.csv',
  icalendar: 'premium-todo.ics',
};

interface DocumentSources {
  tasks: TaskService;
  labels: LabelService;
  users: UserService;
  clock: Clock;
}

/** Characters of a description that is kept until it is written. */
const LONGEST_KEPT = 500;

/** A page of tasks and those after it, in the order in which they were made, so that none is missed that moves meanwhile. */
interface Pages {
  rows: TaskRow[];
  next: () => Promise<Pages | undefined>;
}

export async function createDocument(
  { tasks, labels, users, clock }: DocumentSources,
  actor: Actor,
  format: DocumentFormat,
): Promise<ExportDocument> {
  const timeZone = await users.timeZone(actor);
  const names = new Map<string, string>();
  for (const kind of ['tags', 'lists'] as const)
    for (const { id, name } of await labels.all(actor, kind)) names.set(id, name);

  async function page(after?: string): Promise<Pages> {
    const { rows, hasNextPage, cursorOf } = await tasks.connection(actor, {
      first: MAXIMUM_PAGE_SIZE,
      after,
      orderBy: [{ field: 'createdAt', direction: 'asc' }],
    });
    const last = rows.at(-1);
    return { rows, next: async () => (hasNextPage && last ? page(cursorOf(last)) : undefined) };
  }

  const first = await page();
  const readLater = (id: string) => async () => (await tasks.byIds(actor, [id])).get(id)?.description ?? null;
  const pieces = {
    markdown: () => writeMarkdown(inOwnOrder(first, names, readLater), { marks: true, timeZone }),
    todoist: () => writeTodoistCsv(inOwnOrder(first, names, readLater)),
    icalendar: () => writeICalendar(rowsFrom(first, names), { now: new Date(clock.now()) }),
  };
  return { type: DOCUMENT_TYPES[format], fileName: FILE_NAMES[format], pieces: pieces[format]() };
}

type Placed = ExportedTaskLike & { position: string };

async function* rowsFrom(first: Pages, names: ReadonlyMap<string, string>): AsyncGenerator<Placed> {
  for (let page: Pages | undefined = first; page; page = await page.next())
    for (const row of page.rows) yield exportedTask(row, names);
}

/** Documents have tasks where their user has put them; who writes them holds all anyway. */
async function* inOwnOrder(
  first: Pages,
  names: ReadonlyMap<string, string>,
  readLater: (id: string) => () => Promise<string | null>,
): AsyncGenerator<ExportedTaskLike> {
  const all: Placed[] = [];
  for await (const task of rowsFrom(first, names)) {
    const isLong = typeof task.description === 'string' && task.description.length > LONGEST_KEPT;
    all.push(isLong ? { ...task, description: readLater(task.key) } : task);
  }
  yield* all.sort((one, other) => (one.position < other.position ? -1 : 1));
}

function exportedTask(row: TaskRow, names: ReadonlyMap<string, string>): Placed {
  const { id, tagIds, listId, parentId, completedAt, createdAt } = row;
  return {
    key: id,
    title: row.title,
    description: row.description,
    completed: row.completed,
    completedAt: completedAt === null ? null : new Date(completedAt),
    createdAt: new Date(createdAt),
    priority: row.priority,
    dueDate: row.dueDate,
    dueAt: row.dueAt,
    dueTimeZone: row.dueTimeZone,
    recurrence: row.recurrence,
    recurrenceBasis: row.recurrenceBasis,
    tags: tagIds.flatMap((tag) => names.get(tag) ?? []),
    list: (listId !== null && names.get(listId)) || null,
    parentKey: parentId,
    position: toResource(row).position,
  };
}
