import { setImmediate as breathe } from 'node:timers/promises';
import { type ComponentHandler, readComponents, type TodoComponent } from './icalendar.components.ts';
import { draftOf } from './icalendar.todo.ts';
import { type CustomZones, createZones } from './icalendar.zones.ts';
import { createReport, type TaskDraft } from './import.report.ts';
import type { ImportReport, Lines, ReadingOptions } from './imported-task.ts';

/** Tasks that are taken before others have their turn. */
const TURN = 20;

/**
 * Reads the tasks (VTODO) of an iCalendar file as RFC 5545 has it and Tasks.org, Nextcloud Tasks, Thunderbird and Apple
 * Reminders write it. Events and journals are left alone.
 */
export async function readICalendar(lines: Lines, options: ReadingOptions): Promise<ImportReport> {
  const report = createReport(options);
  const drafts: TaskDraft[] = [];
  const parents = new Map<string, string>();
  let todos: TodoComponent[] = [];
  let count = 0;
  const custom: CustomZones = { count: 0 };
  let calendar = createCalendar(options, custom);

  const handler: ComponentHandler = {
    todo: (todo) => todos.push(todo),
    timeZone: (zone) => calendar.zones.add(zone),
    calendarName: (name) => {
      calendar.name ??= name.trim() || null;
    },
    endOfCalendar() {
      const { zones, name } = calendar;
      for (const todo of todos) {
        const context = { zones, timeZone: options.timeZone, report: report.fault };
        const found = draftOf(todo, context);
        if (!found) continue;
        drafts.push({ ...found.draft, list: found.draft.list ?? name });
        for (const child of found.childKeys) if (found.draft.key !== undefined) parents.set(child, found.draft.key);
      }
      todos = [];
      calendar = createCalendar(options, custom);
    },
    fault: report.fault,
    isFull(line) {
      count += 1;
      const { maximumTasks = Number.POSITIVE_INFINITY } = options;
      if (count <= maximumTasks) return false;
      report.fault(line, `there are more than ${maximumTasks} tasks: the rest of the file was not read`, true);
      return true;
    },
  };
  await readComponents(lines, handler);
  handler.endOfCalendar();

  for (const [index, draft] of drafts.entries()) {
    if (index % TURN === TURN - 1) await breathe();
    // Some programs write which tasks are below one instead.
    const parentKey = draft.parentKey ?? (draft.key === undefined ? undefined : parents.get(draft.key));
    report.add({ ...draft, parentKey: parentKey ?? null });
  }
  return report.finish();
}

function createCalendar({ timeZone = 'UTC' }: ReadingOptions, custom: CustomZones) {
  return { zones: createZones(timeZone, custom), name: null as string | null };
}
