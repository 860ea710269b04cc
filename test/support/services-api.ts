import type { Actor } from '../../src/core/actor.ts';
import { AppError, UnauthenticatedError } from '../../src/core/errors.ts';
import type { Services } from '../../src/services.ts';
import type { CreateTaskInput, UpdateTaskInput } from '../../src/tasks/task.inputs.ts';
import { positionOf } from '../../src/tasks/task.position.ts';
import type { WrittenTask } from '../../src/tasks/task.record.ts';
import { type Api, Refusal, type TaskView } from './api.ts';

/** A third API, in-process and without a transport: who can call functions is served by the same services. */
export function createServicesApi(services: Services): Api {
  async function act<Result>(user: string | undefined, action: (actor: Actor) => Promise<Result>): Promise<Result> {
    try {
      if (user === undefined) throw new UnauthenticatedError('missing_token', 'Say who you are');
      const actor = { userId: user, email: null, name: null, issuedAt: Math.floor(Date.now() / 1000) };
      await services.users.admit(actor);
      return await action(actor);
    } catch (error) {
      throw error instanceof AppError ? new Refusal(error.message, { code: error.code, ...error.details }) : error;
    }
  }
  const shown = async (user: string | undefined, action: (actor: Actor) => Promise<WrittenTask>) =>
    viewOf(await act(user, action));
  const options = (version: number | undefined, value: string | undefined) => ({
    versions: version === undefined ? undefined : [version],
    key: value === undefined ? undefined : { value, name: 'idempotencyKey' },
  });

  return {
    create: (user, input, key) =>
      shown(user, (actor) => services.tasks.create(actor, input as CreateTaskInput, options(undefined, key))),
    get: (user, id) => shown(user, (actor) => services.tasks.get(actor, id)),
    list: (user, { limit = 20, sort = 'createdAt', descending = true, search, completed } = {}) =>
      act(user, async (actor) => {
        const orderBy = [{ field: sort, direction: descending ? ('desc' as const) : ('asc' as const) }];
        const filter = completed === undefined ? undefined : { completed };
        const query = { page: 1, limit, orderBy, search, filter };
        const { items, total } = await services.tasks.offsetPage(actor, query);
        return { tasks: items.map(viewOf), total };
      }),
    update: (user, id, changes, version, key) =>
      shown(user, (actor) => services.tasks.update(actor, id, changes as UpdateTaskInput, options(version, key))),
    delete: (user, id, version, key) =>
      act(user, async (actor) => {
        await services.tasks.delete(actor, id, options(version, key));
      }),
    toggle: (user, id, key) => shown(user, (actor) => services.tasks.toggle(actor, id, options(undefined, key))),
    me: (user) =>
      act(user, async (actor) => {
        const { id, email, name, createdAt } = await services.users.profile(actor);
        return { id, email, name, createdAt };
      }),
    revoke: (user) => act(user, (actor) => services.users.revokeTokens(actor)),
    deleteAccount: (user) => act(user, (actor) => services.users.deleteAccount(actor, actor.userId)),
  };
}

function viewOf({ rank, isUnchanged: _isUnchanged, ...task }: WrittenTask): TaskView {
  return { ...task, position: positionOf({ ...task, rank }) };
}
