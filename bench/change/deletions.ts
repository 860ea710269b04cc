import type { HttpCall } from '../protocol.ts';
import { REST_PROTOCOL } from '../protocols/rest.ts';
import type { Random } from '../random.ts';
import type { SeededUser } from '../seeded-user.ts';
import type { Scene, UserRequest, Workload } from '../workloads.ts';

const DELETE_TASK = 'mutation DeleteTask($id: ID!) { deleteTask(id: $id) { deletedTaskId } }';

/** How many tasks of each user are gone; servers that share a database share the users. */
const deleted = new WeakMap<SeededUser, number>();

/** Each task can be deleted once, so this workload uses the data up: it comes last. */
export const DELETE: Workload = {
  name: 'delete',
  title: 'delete a task',
  writes: true,
  without: [],
  nextRequest(scene: Scene, random: Random): UserRequest {
    const user = userWithTasks(scene, random);
    const count = deleted.get(user) ?? 0;
    deleted.set(user, count + 1);
    const id = user.taskIds[count]!;
    return { user, call: deletionOf(scene, id) };
  },
};

/** A random one, or the next that has any left. */
function userWithTasks({ users }: Scene, random: Random): SeededUser {
  const first = random.below(users.length);
  for (let step = 0; step < users.length; step++) {
    const user = users[(first + step) % users.length]!;
    if ((deleted.get(user) ?? 0) < user.taskIds.length) return user;
  }
  throw new Error('all tasks are deleted: fewer rounds, or shorter ones');
}

function deletionOf({ protocol }: Scene, id: string): HttpCall {
  if (protocol === REST_PROTOCOL) return { method: 'DELETE', path: `/api/tasks/${id}` };
  return { method: 'POST', path: '/graphql', body: JSON.stringify({ query: DELETE_TASK, variables: { id } }) };
}
