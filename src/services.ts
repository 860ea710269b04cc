import type { Clock } from './core/clock.ts';
import type { RevocationChannel } from './core/revocations.ts';
import { createTaskService, type TaskService } from './tasks/task.service.ts';
import type { TaskStore } from './tasks/task.store.ts';
import { createUserService, type Identities, type UserService } from './users/user.service.ts';
import type { UserStore } from './users/user.store.ts';

/** What both APIs, the commands and the tests see of the product. */
export interface Services {
  tasks: TaskService;
  users: UserService;
}

export interface ServiceDependencies {
  taskStore: TaskStore;
  userStore: UserStore;
  identities: Identities;
  revocations: RevocationChannel;
  clock: Clock;
  /** waits for so many milliseconds */
  wait: (milliseconds: number) => Promise<void>;
}

/** The one factory of services. Whatever is given here, PostgreSQL or a test's memory, the services are the same. */
export function createServices({ taskStore, userStore, clock, ...others }: ServiceDependencies): Services {
  return {
    tasks: createTaskService(taskStore, clock),
    users: createUserService({ store: userStore, clock, ...others }),
  };
}
