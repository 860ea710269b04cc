import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { TaskRow } from '../tasks/task.ts';
import { TaskType } from '../tasks/task.type.ts';
import type { TaskChange } from './sync.changes.ts';
import type { SyncPage } from './sync.service.ts';

/** The GraphQL types of synchronisation. */

@ObjectType('TaskSyncPayload', {
  description: 'What a device has to take over to be up to date.',
  simpleResolvers: true,
})
export class TaskSyncPayload implements SyncPage {
  @Field(() => [TaskType], { description: 'Tasks to put in the place of what the device has of them, if anything.' })
  changed!: TaskRow[];

  @Field(() => [ID], { description: 'Tasks to remove; the device may never have had them.' })
  deletedIds!: string[];

  @Field(() => String, { description: 'To be kept, and given back as `since` the next time.' })
  syncToken!: string;

  @Field(() => Boolean, { description: 'Ask again at once: there is more.' })
  hasMore!: boolean;

  @Field(() => Boolean, {
    description:
      'A page of a start: of what the device had before, only what is in a page of this start is still there. Also the ' +
      'answer to a token that is older than what is remembered of deleted tasks.',
  })
  fullSync!: boolean;

  @Field(() => Boolean, { description: 'Tags or lists have changed since `since`: ask for `tags` and `lists`.' })
  labelsChanged!: boolean;
}

const TaskChangeTypeEnum = {
  CREATED: 'CREATED',
  UPDATED: 'UPDATED',
  DELETED: 'DELETED',
  LABELS: 'LABELS',
  RESYNC: 'RESYNC',
} as const satisfies Record<string, TaskChange['type']>;
registerEnumType(TaskChangeTypeEnum, {
  name: 'TaskChangeType',
  description: 'What has become of a task.',
  valuesConfig: {
    CREATED: { description: 'It is new, in its first version.' },
    UPDATED: { description: 'It is as told now; to a device that was away it may be new.' },
    DELETED: { description: 'It is no longer there.' },
    LABELS: { description: 'Tags or lists were made, changed or deleted: ask for `tags` and `lists`.' },
    RESYNC: {
      description:
        'What has changed up to here is no longer known: begin anew by `taskSync` without `since`. Later changes follow.',
    },
  },
});

@ObjectType('TaskChange', { description: 'A change of one task of the user.', simpleResolvers: true })
export class TaskChangeType implements TaskChange {
  @Field(() => TaskChangeTypeEnum, { description: 'What has become of it.' })
  type!: TaskChange['type'];

  @Field(() => TaskType, { nullable: true, description: 'The task as it is now; null when it is deleted.' })
  task!: TaskRow | null;

  @Field(() => ID, { nullable: true, description: 'The id of a deleted task.' })
  deletedTaskId!: string | null;

  @Field(() => String, { description: 'To go on behind this change: `since` of the next subscription or `taskSync`.' })
  syncToken!: string;
}
