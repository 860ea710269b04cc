import { Tag, TaskList } from './labels/label.entities.ts';
import { Task } from './tasks/task.entity.ts';
import { User } from './users/user.entity.ts';

/** Every entity of MikroORM. Listed, not searched for: a file that is not imported does not exist. */
export const ENTITIES = [User, Task, Tag, TaskList];
