import { listAt, type Protocol, toTaskAnswer, valueAt } from '../protocol.ts';

/** What the floor speaks: the fewest bytes that carry the same data as the GraphQL answers. */
export const PLAIN_PROTOCOL: Protocol = {
  list: (first) => ({ method: 'GET', path: `/tasks?first=${first}` }),
  get: (id) => ({ method: 'GET', path: `/tasks/${id}` }),
  create: (task) => ({ method: 'POST', path: '/tasks', body: JSON.stringify(task) }),
  toggle: (id) => ({ method: 'POST', path: `/tasks/${id}/toggle` }),
  readList: (answer) => listAt(answer, 'edges').map((edge) => toTaskAnswer(valueAt(edge, 'node'))),
  readGet: toTaskAnswer,
  readCreate: toTaskAnswer,
  readToggle: toTaskAnswer,
};
