import { type AppError, ForbiddenError, NotFoundError } from '../core/errors.ts';

/** How a task stands to the user who asks: deleted tasks are absent for everybody. */
export type TaskStanding = 'own' | 'foreign' | 'absent';

/** Why the user may not touch the task, or `undefined` when they may: only owners may, whatever they want to do. */
export function taskRefusal(standing: TaskStanding): AppError | undefined {
  switch (standing) {
    case 'own':
      return undefined;
    case 'foreign':
      return new ForbiddenError('This task belongs to another user');
    case 'absent':
      return new NotFoundError('There is no such task');
  }
}
