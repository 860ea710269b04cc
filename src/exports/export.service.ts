import type { AuditService } from '../audit/audit.service.ts';
import type { Actor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import { decodeCursor, encodeCursor } from '../core/cursor.ts';
import { MAXIMUM_PAGE_SIZE } from '../core/paging.ts';
import type { LabelService } from '../labels/label.service.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { UserService } from '../users/user.service.ts';
import { createDocument, type DocumentFormat, type ExportDocument } from './export.documents.ts';
import { endLine, eventLine, headerLine, labelLine, taskLine, userLine } from './export.lines.ts';

/** A piece of an export: whole lines, each a JSON object. */
export interface ExportPart {
  ndjson: string;
  /** the place to go on at; `null` after the last piece */
  endCursor: string | null;
}

/**
 * Everything that is kept about the actor, in the actor's own hands. Each piece is read when it is asked for, so that
 * none of it waits in memory: tasks in the order in which they were made, so that those that come meanwhile are in it.
 */
export interface ExportService {
  /** The piece after a place, or the first one. @throws BadUserInputError for a place that is none */
  part(actor: Actor, after?: string | null): Promise<ExportPart>;
  /** The pieces after the first one. */
  rest(actor: Actor, first: ExportPart): AsyncGenerator<string>;
  /** All tasks, deleted ones left out, as another program reads them. What fails at once fails before the answer. */
  document(actor: Actor, format: DocumentFormat): Promise<ExportDocument>;
}

interface ExportServiceDependencies {
  tasks: TaskService;
  labels: LabelService;
  users: UserService;
  audit: AuditService;
  clock: Clock;
}

/** Where an export is: in which list, after which row of it, and how many were before. */
interface Place {
  list: string;
  after: string | undefined;
  tasks: number;
  events: number;
}

/** Names this kind of place inside cursors. */
const EXPORT = 'export';
const PLACE = [/^(tasks|events)$/, /^[\w-]*$/, /^\d{1,12}$/, /^\d{1,12}$/];
const START: Place = { list: 'tasks', after: undefined, tasks: 0, events: 0 };

export function createExportService(dependencies: ExportServiceDependencies): ExportService {
  const { tasks, labels, users, audit, clock } = dependencies;

  async function part(actor: Actor, after?: string | null): Promise<ExportPart> {
    if (after != null) return piece(actor, readPlace(after));
    const [tags, lists] = [await labels.all(actor, 'tags'), await labels.all(actor, 'lists')];
    const opening = [
      headerLine(new Date(clock.now()).toISOString()),
      userLine(await users.profile(actor)),
      ...lists.map((list) => labelLine('list', list)),
      ...tags.map((tag) => labelLine('tag', tag)),
    ];
    const { ndjson, endCursor } = await piece(actor, START);
    return { ndjson: opening.join('') + ndjson, endCursor };
  }

  const piece = (actor: Actor, place: Place) =>
    place.list === 'tasks' ? pieceOfTasks(actor, place) : pieceOfEvents(actor, place);

  async function pieceOfTasks(actor: Actor, place: Place): Promise<ExportPart> {
    const { rows, hasNextPage, cursorOf } = await tasks.connection(actor, {
      first: MAXIMUM_PAGE_SIZE,
      after: place.after,
      orderBy: [{ field: 'createdAt', direction: 'asc' }],
    });
    const last = rows.at(-1);
    const next = hasNextPage && last ? { after: cursorOf(last) } : { list: 'events', after: undefined };
    const endCursor = writePlace({ ...place, ...next, tasks: place.tasks + rows.length });
    return { ndjson: rows.map(taskLine).join(''), endCursor };
  }

  async function pieceOfEvents(actor: Actor, place: Place): Promise<ExportPart> {
    const { rows, hasNextPage, cursorOf } = await audit.connection(actor, {
      first: MAXIMUM_PAGE_SIZE,
      after: place.after,
    });
    const events = place.events + rows.length;
    const ndjson = rows.map(eventLine).join('');
    const last = rows.at(-1);
    return hasNextPage && last
      ? { ndjson, endCursor: writePlace({ ...place, after: cursorOf(last), events }) }
      : { ndjson: ndjson + endLine(place.tasks, events), endCursor: null };
  }

  return {
    part,
    document: (actor, format) => createDocument(dependencies, actor, format),
    async *rest(actor, { endCursor }) {
      for (let next = endCursor; next !== null; ) {
        const following = await part(actor, next);
        yield following.ndjson;
        next = following.endCursor;
      }
    },
  };
}

function writePlace({ list, after = '', tasks, events }: Place): string {
  return encodeCursor(EXPORT, [list, after, String(tasks), String(events)]);
}

function readPlace(cursor: string): Place {
  const [list = '', after, tasks, events] = decodeCursor(cursor, EXPORT, PLACE, 'after');
  return { list, after: after || undefined, tasks: Number(tasks), events: Number(events) };
}
