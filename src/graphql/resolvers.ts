import 'reflect-metadata';
import { TaskConnectionResolver, TaskResolver } from '../tasks/task.resolver.ts';
import type { TaskService } from '../tasks/task.service.ts';
import { ViewerTasksResolver } from '../tasks/viewer-tasks.resolver.ts';
import type { UserService } from '../users/user.service.ts';
import { ViewerResolver } from '../users/viewer.resolver.ts';
import type { Resolvers } from './schema.ts';

/** Every resolver of the API with the services it delegates to. */
export function createResolvers({ tasks, users }: { tasks: TaskService; users: UserService }): Resolvers {
  return [
    new TaskResolver(tasks),
    new TaskConnectionResolver(tasks),
    new ViewerResolver(users),
    new ViewerTasksResolver(tasks),
  ];
}
