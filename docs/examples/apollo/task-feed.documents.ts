import { gql, type TypedDocumentNode } from '@apollo/client';

export interface SyncedTask {
  __typename: 'Task';
  id: string;
  title: string;
  description: string | null;
  completed: boolean;
  completedAt: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** What the application shows of tasks: all of it must be here, because whatever is not is not kept up to date. */
export const SYNCED_TASK: TypedDocumentNode<SyncedTask> = gql`
  fragment SyncedTask on Task {
    id
    title
    description
    completed
    completedAt
    createdAt
    updatedAt
    version
  }
`;

/** For the cache alone, with the fetch policy `cache-only`: the server has no such field. */
export const ALL_TASKS: TypedDocumentNode<{ allTasks: SyncedTask[] }, Record<string, never>> = gql`
  query AllTasks {
    allTasks {
      ...SyncedTask
    }
  }
  ${SYNCED_TASK}
`;

export interface TaskSyncData {
  taskSync: { changed: SyncedTask[]; syncToken: string; hasMore: boolean };
}

export const TASK_SYNC: TypedDocumentNode<TaskSyncData, { since: string | undefined }> = gql`
  query TaskSync($since: String) {
    taskSync(since: $since, first: 100) {
      changed {
        ...SyncedTask
      }
      syncToken
      hasMore
    }
  }
  ${SYNCED_TASK}
`;

/** `task` is null, and `deletedTaskId` is not, when it was deleted; both are null with `LABELS` and `RESYNC`. */
export interface TaskChange {
  type: 'CREATED' | 'UPDATED' | 'DELETED' | 'LABELS' | 'RESYNC';
  task: SyncedTask | null;
  deletedTaskId: string | null;
  syncToken: string;
}

export interface TaskChangedData {
  taskChanged: TaskChange;
}

export const TASK_CHANGED: TypedDocumentNode<TaskChangedData, { since: string }> = gql`
  subscription TaskChanged($since: String) {
    taskChanged(since: $since) {
      type
      task {
        ...SyncedTask
      }
      deletedTaskId
      syncToken
    }
  }
  ${SYNCED_TASK}
`;
