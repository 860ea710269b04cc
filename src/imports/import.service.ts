import type { Actor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import { BadUserInputError, ConflictError, type FieldError } from '../core/errors.ts';
import { inTurns } from '../core/in-turns.ts';
import { localDate } from '../core/time-zone.ts';
import { parseInput } from '../core/validation.ts';
import type { LabelService } from '../labels/label.service.ts';
import type { NewTask, TaskService } from '../tasks/task.service.ts';
import type { UserService } from '../users/user.service.ts';
import { type ExportedTask, type ReadExport, readExport } from './export.reader.ts';
import { labelled, parentsOutside, placeExported, reportUnknownLabels } from './exported-places.ts';
import { readFormat } from './file-formats.ts';
import { createFaults } from './import.faults.ts';
import { createIds, idOfKey } from './import.ids.ts';
import { type ImportFileInput, importFileInput } from './import.inputs.ts';
import { type LabelIds, type NamedLabel, resolveLabels } from './import.labels.ts';
import { createRules } from './import.rules.ts';
import { type ImportedTask, type ImportFault, linesOfText } from './imported-task.ts';
import type { ListedTask } from './task-list.reader.ts';

export interface ImportOutcome {
  /** tasks that are new; of a dry run, those that would be */
  added: number;
  /** tasks that the user has imported before, or has; they stay as they are */
  known: number;
  /** what was not taken as it stands, by line */
  faults: ImportFault[];
  dryRun: boolean;
}

export interface ImportOptions {
  /** only find out, and leave everything as it is */
  dryRun?: boolean | undefined;
  progress?: ((done: number) => void) | undefined;
}

/** All or none: what cannot be added leaves no tag or list behind either. */
export interface ImportService {
  /**
   * Makes the tasks, all or none, oldest first, and answers how many are new. A task is known by its owner, its title and how
   * many of that title came before it: importing a list again adds what was appended, and what the user deleted stays so.
   * Nobody else can tell the ids from the titles.
   * @throws UnauthenticatedError when the account was erased
   */
  add(actor: Actor, list: readonly ListedTask[], progress?: (done: number) => void): Promise<number>;
  /**
   * The same with a file of another program, its tags, lists and subtasks included: a task is known by its UID, where the
   * format has some. Reads at most 1,000 tasks unless told otherwise.
   * @throws UnauthenticatedError when the account was erased
   */
  importFile(
    actor: Actor,
    input: ImportFileInput,
    options?: Pick<ImportOptions, 'progress'> & { maximumTasks?: number },
  ): Promise<ImportOutcome>;
  /**
   * Brings an export back with ids and times. Tasks whose id the user has used already stay as they are, deleted ones too;
   * so do tags and lists of a name that the user has: twice the same file adds nothing.
   * @throws ConflictError that names the lines whose ids are somebody else's
   */
  addExported(actor: Actor, read: Omit<ReadExport, 'isCutOff'>, options?: ImportOptions): Promise<ImportOutcome>;
  /** The same with the text of an export. @throws BadUserInputError that names faults by line, and over 1,000 tasks */
  restore(actor: Actor, ndjson: unknown, options?: ImportOptions): Promise<ImportOutcome>;
}

const MAXIMUM_TASKS = 1000;
/** of a file that a message names */
const MAXIMUM_LINES = 20;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface ImportServiceDependencies {
  tasks: TaskService;
  labels: LabelService;
  users: UserService;
  clock: Clock;
}

interface FileLabels {
  tags: readonly NamedLabel[];
  lists: readonly NamedLabel[];
}

export function createImportService({ tasks, labels, users, clock }: ImportServiceDependencies): ImportService {
  /** A millisecond apart, so that the order by creation is that of the list. */
  const moments = (count: number) => {
    const first = clock.now() - count + 1;
    return (index: number) => new Date(first + index);
  };

  /** Adds tasks after the tags and lists that they need, or finds out what would become of them. */
  async function addLabelled(
    actor: Actor,
    named: FileLabels,
    tasksWith: (tags: LabelIds, lists: LabelIds) => NewTask[],
    { dryRun = false, progress }: ImportOptions,
  ): Promise<number> {
    const tags = await resolveLabels(labels, actor, 'tags', named.tags);
    const lists = await resolveLabels(labels, actor, 'lists', named.lists);
    const isTried = dryRun || !(tags.isComplete && lists.isComplete);
    // Without those that are new, of which no task is refused.
    const tried = isTried ? await tasks.addMissing(actor, tasksWith(tags.found, lists.found), undefined, true) : 0;
    if (dryRun) return tried;
    return tasks.addMissing(actor, tasksWith(await tags.make(), await lists.make()), progress);
  }

  async function foreignLines(actor: Actor, exported: readonly ExportedTask[]): Promise<string> {
    const lines: number[] = [];
    for (let start = 0; start < exported.length; start += MAXIMUM_TASKS) {
      const some = exported.slice(start, start + MAXIMUM_TASKS);
      const answers = await tasks.getMany(
        actor,
        some.map(({ id }) => id),
      );
      answers.forEach((answer, index) => {
        if ('code' in answer && answer.code === 'FORBIDDEN') lines.push(some[index]!.line);
      });
    }
    return lines.slice(0, MAXIMUM_LINES).join(', ') || 'unknown';
  }

  async function addExported(
    actor: Actor,
    { tasks: exported, tags, lists }: FileLabels & { tasks: readonly ExportedTask[] },
    options: ImportOptions = {},
  ): Promise<ImportOutcome> {
    // Refuses an erased account, whoever asks.
    await users.profile(actor);
    const faults = createFaults();
    const placed = placeExported(exported, await tasks.usedIds(actor, parentsOutside(exported)), faults.add);
    const [ownTags, ownLists] = [await labels.all(actor, 'tags'), await labels.all(actor, 'lists')];
    const idsOf = (all: readonly { id?: string }[]) => new Set(all.flatMap(({ id }) => id ?? []));
    reportUnknownLabels(exported, idsOf([...tags, ...ownTags]), idsOf([...lists, ...ownLists]), faults.add);
    try {
      const tasksWith = (tagIds: LabelIds, listIds: LabelIds) => placed.map((task) => labelled(task, tagIds, listIds));
      const added = await addLabelled(actor, { tags, lists }, tasksWith, options);
      return { added, known: exported.length - added, faults: faults.list(), dryRun: options.dryRun ?? false };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      throw new ConflictError(
        `The ids of these lines are in use by somebody else: ${await foreignLines(actor, exported)}`,
      );
    }
  }

  return {
    addExported,

    async restore(actor, ndjson, options) {
      const faults: FieldError[] = [];
      const report = (line: number, message: string) => faults.push({ field: `line ${line}`, message });
      if (typeof ndjson !== 'string') throw new BadUserInputError([], 'The body must have lines of JSON');
      const read = await readExport(inTurns(linesOfText(ndjson)), report);
      const tooMany = read.tasks[MAXIMUM_TASKS];
      if (tooMany) report(tooMany.line, `there are more than ${MAXIMUM_TASKS} tasks`);
      if (faults.length > 0) throw new BadUserInputError(faults);
      return addExported(actor, read, options);
    },

    async importFile(actor, input, { progress, maximumTasks = MAXIMUM_TASKS } = {}) {
      const { format, text, dryRun, timeZone, listName } = parseInput(importFileInput, input);
      const salt = await users.importSalt(actor);
      const zone = timeZone ?? (await users.timeZone(actor));
      const rules = createRules();
      const { tasks: read, faults } = await readFormat(format, text, {
        checkRule: (rule) => {
          const parsed = rules.read(rule);
          return 'fault' in parsed ? parsed.fault : undefined;
        },
        today: localDate(clock.now(), zone),
        timeZone: zone,
        list: listName ?? undefined,
        maximumTasks,
      });

      // An export of this server has the tasks' own ids.
      const own = await tasks.usedIds(actor, format === 'ICALENDAR' ? read.flatMap(({ key }) => uuidOf(key)) : []);
      const ids = new Map(read.map(({ key }) => [key, own.has(key) ? key : idOfKey(salt, format, key)]));
      const known = await tasks.usedIds(actor, [...ids.values()]);
      const momentOf = moments(read.length);
      const missing = read
        .map((task, index) => ({ ...task, createdAt: task.createdAt ?? momentOf(index) }))
        .filter(({ key }) => !known.has(ids.get(key) ?? ''));
      const tasksWith = (tags: LabelIds, lists: LabelIds) =>
        missing.map((task) => newTask(task, ids, tags, lists, rules.read));
      const options = { dryRun: dryRun ?? false, progress };
      const added = await addLabelled(actor, labelsOf(missing), tasksWith, options);
      return { added, known: read.length - added, faults, dryRun: options.dryRun };
    },

    async add(actor, list, progress) {
      const idOf = createIds(await users.importSalt(actor));
      const momentOf = moments(list.length);
      const missing = list.map(({ title, completed }, index) => ({
        id: idOf(title),
        title,
        description: null,
        completed,
        createdAt: momentOf(index),
      }));
      return tasks.addMissing(actor, missing, progress);
    },
  };
}

function uuidOf(key: string): string[] {
  return UUID.test(key) ? [key] : [];
}

/** Each name once, in the case in which it comes first. */
function labelsOf(tasks: readonly ImportedTask[]): FileLabels {
  const named = (names: readonly string[]) => [...new Set(names)].map((name) => ({ name }));
  return { tags: named(tasks.flatMap(({ tags }) => tags)), lists: named(tasks.flatMap(({ list }) => list ?? [])) };
}

function newTask(
  { key, line: _line, parentKey, tags, list, ...task }: ImportedTask & { createdAt: Date },
  ids: ReadonlyMap<string, string>,
  tagIds: LabelIds,
  listIds: LabelIds,
  readRule: ReturnType<typeof createRules>['read'],
): NewTask {
  const rule = task.recurrence === null ? undefined : readRule(task.recurrence);
  return {
    ...task,
    id: ids.get(key) ?? '',
    recurrence: rule && 'rule' in rule ? rule.rule : null,
    tagIds: [...new Set(tags.flatMap((name) => tagIds.get(name.toLowerCase()) ?? []))],
    listId: (list !== null && listIds.get(list.toLowerCase())) || null,
    parentId: parentKey === null ? null : (ids.get(parentKey) ?? null),
  };
}
