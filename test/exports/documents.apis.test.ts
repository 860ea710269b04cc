import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const get = async (user: string, format: string) =>
  fetch(`${app.url}/api/tasks/export?format=${format}`, { headers: await app.credentials(user) });

async function post(user: string, path: string, body: object) {
  return (await app.rest(user, 'POST', path, body)).body;
}

/** A user with some of everything. */
async function userWithTasks(): Promise<string> {
  const user = newUser();
  await app.rest(user, 'PATCH', '/api/auth/me', { time_zone: 'Europe/Berlin' });
  const list = await post(user, '/api/lists', { name: 'Errands' });
  const tag = await post(user, '/api/tags', { name: 'at home' });
  const due = { due_at: '2026-12-24T15:00:00Z', due_time_zone: 'Europe/Berlin', recurrence: 'FREQ=WEEKLY' };
  const last = await post(user, '/api/tasks', { title: 'last', list_id: list.id, tag_ids: [tag.id], ...due });
  const first = await post(user, '/api/tasks', { title: 'first', priority: 'HIGH', description: 'a\nb' });
  await post(user, '/api/tasks', { title: 'below', parent_id: first.id, completed: true });
  await app.rest(user, 'PATCH', `/api/tasks/${first.id}/move`, { before: last.id });
  const gone = await post(user, '/api/tasks', { title: 'gone' });
  await app.rest(user, 'DELETE', `/api/tasks/${gone.id}`);
  return user;
}

describe('an export for other programs', () => {
  it('is a Markdown task list in the order of the user', async () => {
    const response = await get(await userWithTasks(), 'markdown');
    expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="premium-todo.md"');
    const text = (await response.text()).replaceAll(/(➕|✅) \d{4}-\d\d-\d\d/g, '$1');
    expect(text).toBe(
      [
        '- [ ] first ⏫ ➕',
        '  > a',
        '  > b',
        '  - [x] below ➕ ✅',
        '',
        '# Errands',
        '',
        '- [ ] last #at_home 🔁 every week ➕ 📅 2026-12-24',
        '',
      ].join('\n'),
    );
  });

  it.each(['markdown', 'todoist', 'icalendar'])('is %s with descriptions of any length', async (format) => {
    const user = newUser();
    const descriptions = [1, 500, 501, 20_000].map((length) => `${length}`.padEnd(length, 'x'));
    await storeTasks(
      app.databaseUrl,
      user,
      descriptions.map((description) => ({ description })),
    );
    const text = (await (await get(user, format)).text()).replaceAll(/\r\n /g, '');
    for (const description of descriptions) expect(text).toContain(description);
  });

  it('is a project for Todoist', async () => {
    const response = await get(await userWithTasks(), 'todoist');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="premium-todo.csv"');
    const rows = (await response.text()).split('\r\n').map((row) => row.split(','));
    expect(rows.map(([type, content]) => [type, content])).toEqual([
      ['TYPE', 'CONTENT'],
      ['task', 'first'],
      ['section', 'Errands'],
      ['task', 'last @at_home'],
      ['', undefined],
    ]);
  });

  it('is a calendar, which another user imports without loss', async () => {
    const [user, other] = [await userWithTasks(), newUser()];
    const response = await get(user, 'icalendar');
    expect(response.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="premium-todo.ics"');
    const { body } = await app.rest(other, 'POST', '/api/tasks/import', await response.text(), {
      'content-type': 'text/calendar',
    });
    expect(body).toEqual({ added: 3, known: 0, dry_run: false, faults: [] });
    const shown = `{ tasks(first: 9, orderBy: [{ field: TITLE, direction: ASC }]) { nodes {
      title description completed priority dueDate dueAt dueTimeZone recurrence tags { name } list { name } parent { title }
    } } }`;
    const [before, after] = [await app.graphql(user, shown), await app.graphql(other, shown)];
    expect(after.data).toEqual(before.data);
    expect(before.data.tasks.nodes).toHaveLength(3);
  });

  it.each(['markdown', 'todoist', 'icalendar'])('as %s has all tasks, and nothing of anybody else', async (format) => {
    const [user, other] = [newUser(), newUser()];
    const titles = Array.from({ length: 250 }, (_, index) => `task ${index}.`);
    await storeTasks(
      app.databaseUrl,
      user,
      titles.map((title) => ({ title })),
    );
    await storeTasks(app.databaseUrl, other, [{ title: 'not for you' }]);
    const text = await (await get(user, format)).text();
    expect(titles.filter((title) => !text.includes(title))).toEqual([]);
    expect(text).not.toContain('not for you');
  });

  it.each(['', 'pdf'])('is refused as %j', async (format) => {
    const response = await get(newUser(), format);
    expect([response.status, await response.json()]).toMatchObject([400, { fields: [{ field: 'format' }] }]);
  });
});
