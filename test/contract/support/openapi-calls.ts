/** A request of one operation of the API, and one that it refuses. `{other}`, `{task}` and `{undo}` stand for what is made before. */
export interface Call {
  method: string;
  template: string;
  good: unknown;
  headers?: Record<string, string>;
  query?: string;
  /** provokes 400 */
  bad?: { path?: string; body?: unknown; headers?: Record<string, string> };
}

export const CALLS: Call[] = [
  { method: 'GET', template: '/api/tasks', good: undefined, bad: { path: '/api/tasks?page=x' } },
  { method: 'POST', template: '/api/tasks', good: { title: 'Made' }, bad: { body: { title: '', other: 1 } } },
  { method: 'GET', template: '/api/tasks/changes', good: undefined, bad: { path: '/api/tasks/changes?since=x' } },
  { method: 'GET', template: '/api/tasks/events', good: undefined, bad: { headers: { 'last-event-id': 'x' } } },
  { method: 'GET', template: '/api/tasks/{id}', good: undefined, bad: { path: '/api/tasks/x' } },
  { method: 'PUT', template: '/api/tasks/{id}', good: { title: 'Put' }, bad: { body: { title: null } } },
  { method: 'PATCH', template: '/api/tasks/{id}', good: { title: 'Patched' }, bad: { body: '{' } },
  { method: 'DELETE', template: '/api/tasks/{id}', good: undefined, bad: { headers: { 'if-match': 'x' } } },
  { method: 'PATCH', template: '/api/tasks/{id}/toggle', good: undefined, bad: { path: '/api/tasks/x/toggle' } },
  { method: 'GET', template: '/api/tasks/stats', good: undefined, bad: { path: '/api/tasks/stats?completed=maybe' } },
  { method: 'PATCH', template: '/api/tasks/{id}/complete', good: undefined, bad: { path: '/api/tasks/x/complete' } },
  { method: 'PATCH', template: '/api/tasks/{id}/reopen', good: undefined, bad: { path: '/api/tasks/x/reopen' } },
  { method: 'PATCH', template: '/api/tasks/{id}/move', good: { before: '{other}' }, bad: { body: {} } },
  {
    method: 'POST',
    template: '/api/tasks/bulk/create',
    good: { tasks: [{ title: 'One' }, { title: 'Two', due_date: '2026-12-24' }] },
    bad: { body: { tasks: 'none' } },
  },
  {
    method: 'POST',
    template: '/api/tasks/bulk/update',
    good: { ids: ['{task}'], set: { priority: 'HIGH' } },
    bad: { body: { ids: [], set: {} } },
  },
  { method: 'POST', template: '/api/tasks/bulk/delete', good: { ids: ['{task}'] }, bad: { body: {} } },
  { method: 'GET', template: '/api/tasks/trash', good: undefined, bad: { path: '/api/tasks/trash?after=x' } },
  { method: 'PATCH', template: '/api/tasks/{id}/restore', good: undefined, bad: { path: '/api/tasks/x/restore' } },
  { method: 'DELETE', template: '/api/tasks/trash/{id}', good: undefined, bad: { path: '/api/tasks/trash/x' } },
  { method: 'GET', template: '/api/tasks/{id}/history', good: undefined, bad: { path: '/api/tasks/x/history' } },
  {
    method: 'GET',
    template: '/api/tasks/{id}/occurrences',
    good: undefined,
    bad: { path: '/api/tasks/x/occurrences' },
  },
  { method: 'POST', template: '/api/undo', good: { token: '{undo}' }, bad: { body: { token: 'x' } } },
  ...(['tags', 'lists'] as const).flatMap((kind): Call[] => [
    { method: 'GET', template: `/api/${kind}`, good: undefined },
    { method: 'POST', template: `/api/${kind}`, good: { name: 'Made', color: '#3366FF' }, bad: { body: { name: '' } } },
    { method: 'GET', template: `/api/${kind}/{id}`, good: undefined, bad: { path: `/api/${kind}/x` } },
    { method: 'PUT', template: `/api/${kind}/{id}`, good: { name: 'Put' }, bad: { body: { name: null } } },
    { method: 'PATCH', template: `/api/${kind}/{id}`, good: { color: null }, bad: { body: '{' } },
    { method: 'DELETE', template: `/api/${kind}/{id}`, good: undefined, bad: { headers: { 'if-match': 'x' } } },
  ]),
  { method: 'GET', template: '/api/auth/me', good: undefined },
  {
    method: 'PATCH',
    template: '/api/auth/me',
    good: { time_zone: 'Europe/Berlin' },
    bad: { body: { time_zone: 'x' } },
  },
  { method: 'GET', template: '/api/auth/events', good: undefined, bad: { path: '/api/auth/events?limit=0' } },
  { method: 'GET', template: '/api/auth/me/export', good: undefined },
  {
    method: 'POST',
    template: '/api/tasks/import',
    good: '\n',
    headers: { 'content-type': 'application/x-ndjson' },
    bad: { body: '{', headers: { 'content-type': 'application/x-ndjson' } },
  },
  {
    method: 'GET',
    template: '/api/tasks/export',
    good: undefined,
    query: '?format=markdown',
    bad: { path: '/api/tasks/export?format=pdf' },
  },
  { method: 'POST', template: '/api/auth/revoke', good: undefined, bad: { body: '{' } },
  { method: 'DELETE', template: '/api/auth/me', good: undefined, bad: { body: '{' } },
];

export const SUCCESS: Record<string, number> = {
  'POST /api/tasks': 201,
  'POST /api/tags': 201,
  'POST /api/lists': 201,
  'DELETE /api/tags/{id}': 204,
  'DELETE /api/lists/{id}': 204,
  'DELETE /api/tasks/trash/{id}': 204,
  'DELETE /api/tasks/{id}': 204,
  'POST /api/auth/revoke': 204,
  'DELETE /api/auth/me': 204,
};
