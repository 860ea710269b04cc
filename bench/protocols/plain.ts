import { listAt, type Protocol, toPlannedAnswer, toTaskAnswer, valueAt } from '../protocol.ts';

/** What the floor speaks: the fewest bytes that carry the same data as the GraphQL answers. */
export const PLAIN_PROTOCOL: Protocol = {
  list: (first) => ({ method: 'GET', path: `/tasks?first=${first}` }),
  search: (words, first) => ({ method: 'GET', path: `/tasks/open?first=${first}&words=${encodeURIComponent(words)}` }),
  count: (first) => ({ method: 'GET', path: `/tasks?first=${first}&count` }),
  page: (cursor, first) => ({ method: 'GET', path: `/tasks?first=${first}&after=${cursor}` }),
  planned: (first) => ({ method: 'GET', path: `/tasks/planned?first=${first}` }),
  cursorOf: ({ createdAt, id }) => Buffer.from(`${createdAt}|${id}`).toString('base64url'),
  get: (id) => ({ method: 'GET', path: `/tasks/${id}` }),
  create: (task) => ({ method: 'POST', path: '/tasks', body: JSON.stringify(task) }),
  update: (id, title) => ({ method: 'PATCH', path: `/tasks/${id}`, body: JSON.stringify({ title }) }),
  toggle: (id) => ({ method: 'POST', path: `/tasks/${id}/toggle` }),
  readList: (answer) => listAt(answer, 'edges').map((edge) => toTaskAnswer(valueAt(edge, 'node'))),
  readCount: (answer) => Number(valueAt(answer, 'totalCount')),
  readGet: toTaskAnswer,
  readCreate: toTaskAnswer,
  readPlanned: (answer) => listAt(answer, 'edges').map((edge) => toPlannedAnswer(valueAt(edge, 'node'))),
  readUpdate: toTaskAnswer,
  readToggle: toTaskAnswer,
};
