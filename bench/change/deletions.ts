import type { HttpCall } from '../protocol.ts';
import { REST_PROTOCOL } from '../protocols/rest.ts';
import type { Random } from '../random.ts';
import type { SeededUser } from '../seed.ts';
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
    const user = random.pick(scene.users);
    const count = deleted.get(user) ?? 0;
    deleted.set(user, count + 1);
    const id = user.taskIds[count];
    if (id === undefined) throw new Error('all tasks of a user are deleted: fewer rounds, or shorter ones');
    return { user, call: deletionOf(scene, id) };
  },
};

function deletionOf({ protocol }: Scene, id: string): HttpCall {
  if (protocol === REST_PROTOCOL) return { method: 'DELETE', path: `/api/tasks/${id}` };
  return { method: 'POST', path: '/graphql', body: JSON.stringify({ query: DELETE_TASK, variables: { id } }) };
}
