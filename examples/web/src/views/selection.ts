import type { DueWindow, TaskFilter, TaskOrder, TaskPriority, TasksQueryVariables } from '../generated/graphql.ts';
import { TIME_ZONE } from './time-zone.ts';
import type { View } from './view.ts';

/** Rows of one page. */
const PAGE = 40;

export type Sort = 'manual' | 'due' | 'priority' | 'newest' | 'title';

/** What the user has narrowed a view down to. */
export interface Selection {
  readonly search: string;
  readonly status: 'open' | 'completed' | 'all';
  readonly priorities: readonly TaskPriority[];
  readonly tagIds: readonly string[];
  readonly due: DueWindow | undefined;
  readonly sort: Sort;
}

/**
 * Last added, first shown: what is new is at the top of the manual order too. Among tasks that are due alike the server puts
 * the more urgent first, and among those of one priority what is due sooner.
 */
const ORDERS: Record<Sort, readonly TaskOrder[]> = {
  manual: [{ field: 'POSITION', direction: 'DESC' }],
  due: [{ field: 'DUE', direction: 'ASC', nulls: 'LAST' }],
  priority: [{ field: 'PRIORITY', direction: 'DESC' }],
  newest: [{ field: 'CREATED_AT', direction: 'DESC' }],
  title: [{ field: 'TITLE', direction: 'ASC' }],
};

export function initialSelection({ kind }: View): Selection {
  return {
    search: '',
    status: kind === 'completed' ? 'completed' : 'open',
    priorities: [],
    tagIds: [],
    due: undefined,
    sort: kind === 'today' || kind === 'upcoming' ? 'due' : 'manual',
  };
}

export function isNarrowed({ search, priorities, tagIds, due }: Selection): boolean {
  return search !== '' || priorities.length > 0 || tagIds.length > 0 || due !== undefined;
}

/** Rows can be dragged where their order is the user's own and all of the view is there. */
export function isManual(selection: Selection, view: View): boolean {
  return selection.sort === 'manual' && view.kind !== 'completed' && selection.search === '';
}

export function variablesOf(view: View, selection: Selection): TasksQueryVariables {
  const { search, status, priorities, tagIds, due } = selection;
  const isWhole = !isNarrowed(selection) && (view.kind === 'all' || view.kind === 'list');
  const filter: TaskFilter = {
    ...conditionOf(view),
    ...(status === 'all' ? {} : { completed: status === 'completed' }),
    ...(priorities.length > 0 ? { priorityIn: priorities } : {}),
    ...(due ? { and: [{ due, timeZone: TIME_ZONE }] } : {}),
    ...(tagIds.length > 0 || view.kind === 'tag' ? { tags: { all: tagsOf(view, tagIds) } } : {}),
    // Subtasks stand below their task, unless they were looked for.
    ...(isWhole ? { hasParent: false } : {}),
  };
  return { first: PAGE, filter, search: search || null, orderBy: orderOf(view, selection) };
}

function conditionOf(view: View): TaskFilter {
  if (view.kind === 'list') return { listIn: [view.id] };
  if (view.kind === 'upcoming') return { due: 'NEXT_7_DAYS', timeZone: TIME_ZONE };
  if (view.kind !== 'today') return {};
  return {
    or: [
      { due: 'OVERDUE', timeZone: TIME_ZONE },
      { due: 'TODAY', timeZone: TIME_ZONE },
    ],
  };
}

function tagsOf(view: View, tagIds: readonly string[]): readonly string[] {
  return view.kind === 'tag' ? [...tagIds, view.id] : tagIds;
}

function orderOf(view: View, { search, sort }: Selection): readonly TaskOrder[] {
  if (search !== '' && sort === 'manual') return [{ field: 'RELEVANCE', direction: 'DESC' }];
  if (view.kind === 'completed' && sort === 'manual') return [{ field: 'COMPLETED_AT', direction: 'DESC' }];
  return ORDERS[sort];
}
