import { CreateTasks } from './20261123090000-create-tasks.ts';

/** Every migration in order. `npm run migrate -- create NAME` adds to the end; what has landed is never edited. */
export const migrations = [{ name: '20261123090000-create-tasks', class: CreateTasks }];
