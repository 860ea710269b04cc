/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A new task. */
export type CreateTaskInput = {
  /** Whether it is done already; false when absent. */
  readonly completed?: boolean | null | undefined;
  /** Up to 65,536 characters. */
  readonly description?: string | null | undefined;
  /** The moment it is due; takes the place of dueDate. */
  readonly dueAt?: string | null | undefined;
  /** The day it is due; takes the place of dueAt. */
  readonly dueDate?: string | null | undefined;
  /** Of dueAt: an IANA time zone such as `Europe/Berlin`. */
  readonly dueTimeZone?: string | null | undefined;
  /** A UUID made by the client, so that sending the same input again answers the same task. */
  readonly id?: string | null | undefined;
  /** The list that it is in; null for none. */
  readonly listId?: string | null | undefined;
  /** The task that it is a part of, at most 5 levels; null for none. */
  readonly parentId?: string | null | undefined;
  /** How much it matters; NONE when absent. */
  readonly priority?: TaskPriority | null | undefined;
  /** When it is due again: an RRULE of RFC 5545 of days or longer, such as `FREQ=WEEKLY;BYDAY=MO,TH`. Needs a due date or moment. */
  readonly recurrence?: string | null | undefined;
  /** What the next occurrence is counted from; DUE when never said. */
  readonly recurrenceBasis?: RecurrenceBasis | null | undefined;
  /** The ids of its tags, at most 50. */
  readonly tagIds?: ReadonlyArray<string> | null | undefined;
  /** 1 to 255 characters after trimming. */
  readonly title: string;
};

/** A span of days; every bound that is given must hold. */
export type DateRange = {
  /** After this day. */
  readonly gt?: string | null | undefined;
  /** On this day or after. */
  readonly gte?: string | null | undefined;
  /** Before this day. */
  readonly lt?: string | null | undefined;
  /** On this day or before. */
  readonly lte?: string | null | undefined;
};

/** A span of time; every bound that is given must hold. */
export type DateTimeRange = {
  /** After this moment. */
  readonly gt?: string | null | undefined;
  /** At or after this moment. */
  readonly gte?: string | null | undefined;
  /** Before this moment. */
  readonly lt?: string | null | undefined;
  /** At or before this moment. */
  readonly lte?: string | null | undefined;
};

/** Spans of days, as they are where the user is. */
export type DueWindow =
  /** Due today or on one of the six days after. */
  | 'NEXT_7_DAYS'
  /** Open, and its day or its moment is over. */
  | 'OVERDUE'
  /** Due on the day that it is now. */
  | 'TODAY';

/** Where tasks stand that have no value to be ordered by. */
export type NullPlacement =
  /** Before all others. */
  | 'FIRST'
  /** After all others. */
  | 'LAST';

/** Which end of an order comes first. */
export type OrderDirection =
  /** Smallest, oldest, A first. */
  | 'ASC'
  /** Largest, newest, Z first. */
  | 'DESC';

/** What the next occurrence is counted from. */
export type RecurrenceBasis =
  /** From the day on which it was completed. */
  | 'COMPLETION'
  /** From the date or moment that the task is due. */
  | 'DUE';

/** Which tags tasks have, by their ids; all that is given must hold. */
export type TagFilter = {
  /** All of these. */
  readonly all?: ReadonlyArray<string> | null | undefined;
  /** At least one of these. */
  readonly any?: ReadonlyArray<string> | null | undefined;
  /** None of these. */
  readonly none?: ReadonlyArray<string> | null | undefined;
};

/** Which tasks to list. All conditions of one filter must hold; at most 50 conditions in 5 levels. */
export type TaskFilter = {
  /** All of these must hold. */
  readonly and?: ReadonlyArray<TaskFilter> | null | undefined;
  /** Only completed (true) or only open (false) tasks. */
  readonly completed?: boolean | null | undefined;
  /** When the task was completed; open tasks fail it. */
  readonly completedAt?: DateTimeRange | null | undefined;
  /** When the task was created. */
  readonly createdAt?: DateTimeRange | null | undefined;
  /** Due in this span of days. */
  readonly due?: DueWindow | null | undefined;
  /** The moment it is due; tasks that are due on a day fail it. */
  readonly dueAt?: DateTimeRange | null | undefined;
  /** The day it is due; tasks that are due at a moment fail it. */
  readonly dueDate?: DateRange | null | undefined;
  /** Only tasks with (true) or without (false) a due date or moment. */
  readonly hasDue?: boolean | null | undefined;
  /** Only tasks in some list (true) or in none (false). */
  readonly hasList?: boolean | null | undefined;
  /** Only subtasks (true), or only tasks that are none (false). */
  readonly hasParent?: boolean | null | undefined;
  /** Only tasks that recur (true) or do not (false). */
  readonly isRecurring?: boolean | null | undefined;
  /** In one of these lists, by their ids. */
  readonly listIn?: ReadonlyArray<string> | null | undefined;
  /** This must not hold. */
  readonly not?: TaskFilter | null | undefined;
  /** At least one of these must hold. */
  readonly or?: ReadonlyArray<TaskFilter> | null | undefined;
  /** Part of one of these tasks, by their ids. */
  readonly parentIn?: ReadonlyArray<string> | null | undefined;
  /** One of these priorities. */
  readonly priorityIn?: ReadonlyArray<TaskPriority> | null | undefined;
  /** Which tags it has. */
  readonly tags?: TagFilter | null | undefined;
  /** For `due`: the IANA time zone of the days. That of the viewer when absent, UTC if none is set there. */
  readonly timeZone?: string | null | undefined;
  /** When the task was changed last. */
  readonly updatedAt?: DateTimeRange | null | undefined;
};

/** One key of an order. */
export type TaskOrder = {
  /** Which end comes first. */
  readonly direction?: OrderDirection;
  /** What to order by. */
  readonly field: TaskOrderField;
  /** Where tasks without a value stand; last when absent. */
  readonly nulls?: NullPlacement | null | undefined;
};

/** What tasks can be ordered by. */
export type TaskOrderField =
  /** Open before completed; within both, newest first when ascending. */
  | 'COMPLETED'
  /** When the task was completed. */
  | 'COMPLETED_AT'
  /** When the task was created. */
  | 'CREATED_AT'
  /** When it is due: a date after the moments of its day. Among the same, by priority, the other way round. */
  | 'DUE'
  /** The order that the user has given by moving tasks; new ones at the end. */
  | 'POSITION'
  /** How much it matters; among the same, what is due sooner before the more urgent. */
  | 'PRIORITY'
  /** How well it matches the search, which must be there; use DESC for the best first. */
  | 'RELEVANCE'
  /** The title, as people sort text. */
  | 'TITLE'
  /** When the task was changed last. */
  | 'UPDATED_AT';

/** How much a task matters; sorted by that, not by name. */
export type TaskPriority =
  /** Before what is medium. */
  | 'HIGH'
  /** When there is time. */
  | 'LOW'
  /** Before what is low. */
  | 'MEDIUM'
  /** Nothing was said. */
  | 'NONE'
  /** Before everything else. */
  | 'URGENT';

/** Changes of a task: absent fields stay, null clears. */
export type UpdateTaskInput = {
  /** Tags to put on it beside those it has, whoever put them there. */
  readonly addTags?: ReadonlyArray<string> | null | undefined;
  /** Whether it is done; null is refused. Of a recurring task, true completes one occurrence. */
  readonly completed?: boolean | null | undefined;
  /** Up to 65,536 characters; null clears it. */
  readonly description?: string | null | undefined;
  /** The moment it is due; takes the place of dueDate. */
  readonly dueAt?: string | null | undefined;
  /** The day it is due; takes the place of dueAt. */
  readonly dueDate?: string | null | undefined;
  /** Of dueAt: an IANA time zone such as `Europe/Berlin`. */
  readonly dueTimeZone?: string | null | undefined;
  /** The list that it is in; null for none. */
  readonly listId?: string | null | undefined;
  /** The task that it is a part of, at most 5 levels; null for none. */
  readonly parentId?: string | null | undefined;
  /** How much it matters; null is refused. */
  readonly priority?: TaskPriority | null | undefined;
  /** When it is due again: an RRULE of RFC 5545 of days or longer, such as `FREQ=WEEKLY;BYDAY=MO,TH`. Needs a due date or moment. */
  readonly recurrence?: string | null | undefined;
  /** What the next occurrence is counted from; DUE when never said. */
  readonly recurrenceBasis?: RecurrenceBasis | null | undefined;
  /** Tags to take off it. */
  readonly removeTags?: ReadonlyArray<string> | null | undefined;
  /** All of its tags, by their ids, in place of those it has. */
  readonly tagIds?: ReadonlyArray<string> | null | undefined;
  /** 1 to 255 characters after trimming; null is refused. */
  readonly title?: string | null | undefined;
};

export type TaskFieldsFragment = { readonly __typename: 'Task', readonly id: string, readonly title: string, readonly description: string | null, readonly completed: boolean, readonly completedAt: string | null, readonly version: number };

export type ListTasksQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: TaskFilter | null | undefined;
  orderBy?: ReadonlyArray<TaskOrder> | TaskOrder | null | undefined;
}>;


export type ListTasksQuery = { readonly tasks: { readonly __typename: 'TaskConnection', readonly totalCount: number, readonly edges: ReadonlyArray<{ readonly __typename: 'TaskEdge', readonly cursor: string, readonly node: { readonly __typename: 'Task', readonly id: string, readonly title: string, readonly description: string | null, readonly completed: boolean, readonly completedAt: string | null, readonly version: number } }>, readonly pageInfo: { readonly __typename: 'PageInfo', readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ReadTaskQueryVariables = Exact<{
  id: string;
}>;


export type ReadTaskQuery = { readonly task: { readonly __typename: 'Task', readonly id: string, readonly title: string, readonly description: string | null, readonly completed: boolean, readonly completedAt: string | null, readonly version: number } };

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { readonly viewer: { readonly __typename: 'Viewer', readonly id: string, readonly taskStats: { readonly __typename: 'TaskStats', readonly total: number, readonly completed: number } } };

export type CreateTaskMutationVariables = Exact<{
  input: CreateTaskInput;
}>;


export type CreateTaskMutation = { readonly createTask: { readonly __typename: 'CreateTaskPayload', readonly task: { readonly __typename: 'Task', readonly id: string, readonly title: string, readonly description: string | null, readonly completed: boolean, readonly completedAt: string | null, readonly version: number } } };

export type ToggleTaskMutationVariables = Exact<{
  id: string;
}>;


export type ToggleTaskMutation = { readonly toggleTask: { readonly __typename: 'ToggleTaskPayload', readonly task: { readonly __typename: 'Task', readonly id: string, readonly title: string, readonly description: string | null, readonly completed: boolean, readonly completedAt: string | null, readonly version: number } } };

export type UpdateTaskMutationVariables = Exact<{
  id: string;
  input: UpdateTaskInput;
  expectedVersion?: number | null | undefined;
}>;


export type UpdateTaskMutation = { readonly updateTask: { readonly __typename: 'UpdateTaskPayload', readonly task: { readonly __typename: 'Task', readonly id: string, readonly title: string, readonly description: string | null, readonly completed: boolean, readonly completedAt: string | null, readonly version: number } } };

export const TaskFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"completed"}},{"kind":"Field","name":{"kind":"Name","value":"completedAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]} as unknown as DocumentNode<TaskFieldsFragment, unknown>;
export const ListTasksDocument = {"__meta__":{"hash":"1497a8b022bdca05e721fec8635689a10fcfec93164ade696c394e51b8221f45"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListTasks"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"TaskFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"TaskOrder"}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskFields"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"completed"}},{"kind":"Field","name":{"kind":"Name","value":"completedAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]} as unknown as DocumentNode<ListTasksQuery, ListTasksQueryVariables>;
export const ReadTaskDocument = {"__meta__":{"hash":"7b67cb0ad0e9559efb2a9526fbe2f70a24dcf3adf9412c1998ddb9a0754fa36e"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ReadTask"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskFields"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"completed"}},{"kind":"Field","name":{"kind":"Name","value":"completedAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]} as unknown as DocumentNode<ReadTaskQuery, ReadTaskQueryVariables>;
export const WhoAmIDocument = {"__meta__":{"hash":"5b0e83c0132c91d7d26e324921158c2c9a3f2a6c5c1ad7f293960020452173c6"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhoAmI"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"taskStats"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"completed"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]}}]} as unknown as DocumentNode<WhoAmIQuery, WhoAmIQueryVariables>;
export const CreateTaskDocument = {"__meta__":{"hash":"1f5bca56a56bfac209fe824a3a115cf93efabddc80bdca6f4c7ccbe832512f06"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateTask"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateTaskInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createTask"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskFields"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"completed"}},{"kind":"Field","name":{"kind":"Name","value":"completedAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]} as unknown as DocumentNode<CreateTaskMutation, CreateTaskMutationVariables>;
export const ToggleTaskDocument = {"__meta__":{"hash":"d870ba22510acfd204ef61d9a84c16b25e685e92538ecf8db8384872a394ece0"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ToggleTask"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"toggleTask"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskFields"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"completed"}},{"kind":"Field","name":{"kind":"Name","value":"completedAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]} as unknown as DocumentNode<ToggleTaskMutation, ToggleTaskMutationVariables>;
export const UpdateTaskDocument = {"__meta__":{"hash":"ccbc101c9317880c114ca4ad7bf9b1b6f66327e8f647cce84b5b304d537a5e41"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateTask"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateTaskInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"expectedVersion"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateTask"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}},{"kind":"Argument","name":{"kind":"Name","value":"expectedVersion"},"value":{"kind":"Variable","name":{"kind":"Name","value":"expectedVersion"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskFields"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"completed"}},{"kind":"Field","name":{"kind":"Name","value":"completedAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"__typename"}}]}}]} as unknown as DocumentNode<UpdateTaskMutation, UpdateTaskMutationVariables>;