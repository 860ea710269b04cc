/** One HTTP request, without its host and its token. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
}

/** The part of a task that every contender must agree on with the database. */
export interface TaskAnswer {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly completed: boolean;
  readonly version: number;
}

/** What a list shows of a task with all that it is sorted by, and what is part of it. */
export interface PlannedAnswer extends TaskAnswer {
  readonly priority: string;
  readonly dueDate: string | null;
  readonly tags: string[];
  readonly list: string | null;
  readonly subtasks: number;
  readonly completedSubtasks: number;
}

export interface NewTask {
  readonly title: string;
  readonly description: string;
}

/** A task in the list of its user, newest first. */
export interface Place {
  readonly id: string;
  /** ISO 8601, UTC, milliseconds */
  readonly createdAt: string;
  /** 1 for the newest */
  readonly position: number;
}

/** Sends one call for the user whose list it is; answers the parsed body. */
export type Ask = (call: HttpCall) => Promise<unknown>;

/** How a contender is spoken to: each operation as HTTP, and its answers in one common form. */
export interface Protocol {
  list(first: number): HttpCall;
  /** Open tasks with these words. */
  search(words: string, first: number): HttpCall;
  /** The list, and how many tasks there are in all. */
  count(first: number): HttpCall;
  /** What comes after a cursor. */
  page(cursor: string, first: number): HttpCall;
  /** The contender's name of a place, for `page`. */
  cursorOf(place: Place, first: number, ask: Ask): Promise<string> | string;
  get(id: string): HttpCall;
  create(task: NewTask): HttpCall;
  update(id: string, title: string): HttpCall;
  toggle(id: string): HttpCall;
  /** The list with tags, list and numbers of subtasks of each; absent where it is not asked for. */
  planned?(first: number): HttpCall;
  /** A list whose document differs for each `variant`; absent where there are no documents. */
  document?(variant: number, first: number): HttpCall;

  /** Each `read…` throws when the answer has another shape. */
  readList(answer: unknown): TaskAnswer[];
  readCount(answer: unknown): number;
  readGet(answer: unknown): TaskAnswer;
  readCreate(answer: unknown): TaskAnswer;
  readUpdate(answer: unknown): TaskAnswer;
  readToggle(answer: unknown): TaskAnswer;
  readPlanned?(answer: unknown): PlannedAnswer[];
  /** The tasks that `document` answers, each with the fields of its variant only. */
  readDocument?(answer: unknown): unknown[];
}

/** Follows `path` into parsed JSON; an absent step is an error that says where. */
export function valueAt(answer: unknown, ...path: string[]): unknown {
  let value = answer;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !(step in value)) {
      throw new Error(`no ${path.join('.')} in the answer ${JSON.stringify(answer).slice(0, 300)}`);
    }
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** A list at `path`, or an error. */
export function listAt(answer: unknown, ...path: string[]): unknown[] {
  const value = valueAt(answer, ...path);
  if (!Array.isArray(value)) throw new Error(`${path.join('.')} is not a list`);
  return value;
}

/** Reads the common part of a task, whose names are the same in all protocols. */
export function toTaskAnswer(value: unknown): TaskAnswer {
  return {
    id: String(valueAt(value, 'id')),
    title: String(valueAt(value, 'title')),
    description: valueAt(value, 'description') as string | null,
    completed: valueAt(value, 'completed') === true,
    version: Number(valueAt(value, 'version')),
  };
}

/** Reads a planned task, whose names are the same in all protocols. */
export function toPlannedAnswer(value: unknown): PlannedAnswer {
  const list = valueAt(value, 'list');
  return {
    ...toTaskAnswer(value),
    priority: String(valueAt(value, 'priority')),
    dueDate: valueAt(value, 'dueDate') as string | null,
    tags: listAt(value, 'tags').map((tag) => String(valueAt(tag, 'name'))),
    list: list === null ? null : String(valueAt(list, 'name')),
    subtasks: Number(valueAt(value, 'subtaskCounts', 'total')),
    completedSubtasks: Number(valueAt(value, 'subtaskCounts', 'completed')),
  };
}
