import { Field, ID, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../core/page-info.type.ts';
import { CalendarDate, DateTime } from '../core/scalars.ts';
import type { CompletedOccurrence } from './history.queries.ts';
import type { FieldChange, HistoryEntry, HistoryPage, Undone } from './history.service.ts';
import type { TaskRow } from './task.ts';
import { TaskType } from './task.type.ts';
import { undoTokenOf } from './undo.token.ts';

/** The GraphQL types of what became of tasks. */

@ObjectType('FieldChange', { description: 'What a change did to one field.', simpleResolvers: true })
class FieldChangeType implements FieldChange {
  @Field(() => String, { description: 'The field, as it is called in Task.' })
  field!: string;

  @Field(() => String, { nullable: true, description: 'Its value before, as text; ids with commas between them.' })
  before!: string | null;

  @Field(() => String, { nullable: true, description: 'Its value after.' })
  after!: string | null;
}

@ObjectType('TaskHistoryEntry', { description: 'One change of a task.', simpleResolvers: true })
class TaskHistoryEntryType implements HistoryEntry {
  @Field(() => Int, { description: 'The version that it led to.' })
  version!: number;

  @Field(() => DateTime, { description: 'When it was made.' })
  changedAt!: string;

  @Field(() => [FieldChangeType], { description: 'What was changed.' })
  changes!: FieldChange[];
}

@ObjectType('TaskOccurrence', { description: 'A completed occurrence of a recurring task.', simpleResolvers: true })
class TaskOccurrenceType implements Omit<CompletedOccurrence, 'taskId'> {
  @Field(() => Int, { description: 'The version that completing it led to.' })
  version!: number;

  @Field(() => CalendarDate, { nullable: true, description: 'The day it was due.' })
  dueDate!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'The moment it was due.' })
  dueAt!: string | null;

  @Field(() => DateTime, { description: 'When it was completed.' })
  completedAt!: string;
}

class Edge<Entry extends { version: number }> {
  readonly #page: HistoryPage<Entry>;
  readonly node: Entry;

  constructor(page: HistoryPage<Entry>, node: Entry) {
    this.#page = page;
    this.node = node;
  }

  get cursor(): string {
    return this.#page.cursorOf(this.node);
  }
}

class Connection<Entry extends { version: number }> {
  readonly page: HistoryPage<Entry>;

  constructor(page: HistoryPage<Entry>) {
    this.page = page;
  }

  get edges(): Edge<Entry>[] {
    return this.page.entries.map((entry) => new Edge(this.page, entry));
  }

  get nodes(): Entry[] {
    return this.page.entries;
  }

  get pageInfo(): PageInfo {
    const { entries, hasNextPage, hasPreviousPage, cursorOf } = this.page;
    const [first, last] = [entries[0], entries.at(-1)];
    return {
      hasNextPage,
      hasPreviousPage,
      startCursor: first ? cursorOf(first) : null,
      endCursor: last ? cursorOf(last) : null,
    };
  }
}

@ObjectType('TaskHistoryEdge', { description: 'A change in its place in the history.', simpleResolvers: true })
class TaskHistoryEdge {
  @Field(() => TaskHistoryEntryType, { description: 'The change.' })
  node!: HistoryEntry;

  @Field(() => String, { description: 'Names this place; give it back as `after`.' })
  cursor!: string;
}

@ObjectType('TaskHistoryConnection', { description: 'A page of the history of a task.', simpleResolvers: true })
export class TaskHistoryConnection extends Connection<HistoryEntry> {
  @Field(() => [TaskHistoryEdge], { description: 'The changes of this page with their places.' })
  override get edges(): Edge<HistoryEntry>[] {
    return super.edges;
  }

  @Field(() => [TaskHistoryEntryType], { description: 'The changes of this page.' })
  override get nodes(): HistoryEntry[] {
    return super.nodes;
  }

  @Field(() => PageInfo, { description: 'Where this page lies in the history.' })
  override get pageInfo(): PageInfo {
    return super.pageInfo;
  }
}

@ObjectType('TaskOccurrenceEdge', { description: 'A completed occurrence in its place.', simpleResolvers: true })
class TaskOccurrenceEdge {
  @Field(() => TaskOccurrenceType, { description: 'The occurrence.' })
  node!: CompletedOccurrence;

  @Field(() => String, { description: 'Names this place; give it back as `after`.' })
  cursor!: string;
}

@ObjectType('TaskOccurrenceConnection', { description: 'A page of completed occurrences.', simpleResolvers: true })
export class TaskOccurrenceConnection extends Connection<CompletedOccurrence> {
  @Field(() => [TaskOccurrenceEdge], { description: 'The occurrences of this page with their places.' })
  override get edges(): Edge<CompletedOccurrence>[] {
    return super.edges;
  }

  @Field(() => [TaskOccurrenceType], { description: 'The occurrences of this page.' })
  override get nodes(): CompletedOccurrence[] {
    return super.nodes;
  }

  @Field(() => PageInfo, { description: 'Where this page lies among them.' })
  override get pageInfo(): PageInfo {
    return super.pageInfo;
  }
}

@ObjectType({ description: 'What undo did.', simpleResolvers: true })
export class UndoPayload {
  readonly #undone: Undone;

  constructor(undone: Undone) {
    this.#undone = undone;
  }

  @Field(() => [TaskType], { description: 'The tasks that are there, as they are again.' })
  get tasks(): TaskRow[] {
    return this.#undone.tasks;
  }

  @Field(() => [ID], { description: 'The ids of tasks that are not there again: they had been created.' })
  get deletedTaskIds(): string[] {
    return this.#undone.deletedIds;
  }

  @Field(() => String, { nullable: true, description: 'To be given to `undo` to do it all the same.' })
  get undoToken(): string | null {
    return undoTokenOf(this.#undone.changes);
  }
}
