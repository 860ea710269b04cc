import { listAt, type Protocol, toTaskAnswer, valueAt } from '../protocol.ts';

const list = (page: number | string, first: number, more = '') =>
  ({ method: 'GET', path: `/api/tasks?page=${page}&limit=${first}&sort=-created_at${more}` }) as const;

/** The product's REST API. Its list is a numbered page with a total, so it does more work than the GraphQL one. */
export const REST_PROTOCOL: Protocol = {
  list: (first) => list(1, first),
  search: (words, first) => list(1, first, `&completed=false&search=${encodeURIComponent(words)}`),
  count: (first) => list(1, first),
  page: (number, first) => list(number, first),
  cursorOf: ({ position }, first) => String(position / first + 1),
  get: (id) => ({ method: 'GET', path: `/api/tasks/${id}` }),
  create: (task) => ({ method: 'POST', path: '/api/tasks', body: JSON.stringify(task) }),
  update: (id, title) => ({ method: 'PATCH', path: `/api/tasks/${id}`, body: JSON.stringify({ title }) }),
  toggle: (id) => ({ method: 'PATCH', path: `/api/tasks/${id}/toggle` }),
  readList: (answer) => listAt(answer, 'items').map(toTaskAnswer),
  readCount: (answer) => Number(valueAt(answer, 'total')),
  readGet: toTaskAnswer,
  readCreate: toTaskAnswer,
  readUpdate: toTaskAnswer,
  readToggle: toTaskAnswer,
};
