import { listAt, type Protocol, toTaskAnswer } from '../protocol.ts';

/** The product's REST API. Its list is a numbered page with a total, so it does more work than the GraphQL one. */
export const REST_PROTOCOL: Protocol = {
  list: (first) => ({ method: 'GET', path: `/api/tasks?page=1&limit=${first}&sort=-created_at` }),
  get: (id) => ({ method: 'GET', path: `/api/tasks/${id}` }),
  create: (task) => ({ method: 'POST', path: '/api/tasks', body: JSON.stringify(task) }),
  toggle: (id) => ({ method: 'PATCH', path: `/api/tasks/${id}/toggle` }),
  readList: (answer) => listAt(answer, 'items').map(toTaskAnswer),
  readGet: toTaskAnswer,
  readCreate: toTaskAnswer,
  readToggle: toTaskAnswer,
};
