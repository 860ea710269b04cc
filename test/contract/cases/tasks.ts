import { expect, it } from '@jest/globals';
import type { Api } from '../../support/api.ts';
import { refusalOf, UNPLANNED_VIEW } from '../../support/api.ts';
import { newUser, taskInput } from '../../support/factories.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const NO_TASK = '01890a5d-ac96-774b-bcce-b302099a8057';

/** What every API over the services does with tasks, whatever stands beneath it. */
export function taskCases(api: () => Api): void {
  it('creates an open task with version 1, an id of version 7 and times in UTC with milliseconds', async () => {
    const task = await api().create(newUser(), { title: 'Buy milk' });
    expect(task).toEqual({
      id: expect.stringMatching(UUID_V7),
      title: 'Buy milk',
      description: null,
      completed: false,
      completedAt: null,
      ...UNPLANNED_VIEW,
      position: expect.stringMatching(/^l[0-9a-f]{44}1$/),
      createdAt: expect.stringMatching(TIMESTAMP),
      updatedAt: task.createdAt,
      version: 1,
    });
  });

  it('creates a completed task with its time of completion', async () => {
    const task = await api().create(newUser(), taskInput({ completed: true, description: 'Two litres' }));
    expect(task).toMatchObject({ completed: true, completedAt: task.createdAt, description: 'Two litres' });
  });

  it('gets the task that was created', async () => {
    const user = newUser();
    const task = await api().create(user, taskInput());
    expect(await api().get(user, task.id)).toEqual(task);
  });

  it('takes an id in capitals for the same task', async () => {
    const user = newUser();
    const task = await api().create(user, taskInput());
    expect(await api().get(user, task.id.toUpperCase())).toEqual(task);
  });

  it('lists the tasks of the user, newest first, and counts them', async () => {
    const user = newUser();
    const first = await api().create(user, taskInput());
    const second = await api().create(user, taskInput());
    await api().create(newUser(), taskInput());
    expect(await api().list(user)).toEqual({ tasks: [second, first], total: 2 });
  });

  it('lists as many as asked, ordered as asked, and counts all', async () => {
    const user = newUser();
    for (const title of ['b', 'c', 'a']) await api().create(user, { title });
    const { tasks, total } = await api().list(user, { limit: 2, sort: 'title', descending: false });
    expect({ titles: tasks.map((task) => task.title), total }).toEqual({ titles: ['a', 'b'], total: 3 });
  });

  it('lists completed or open tasks only, as asked', async () => {
    const user = newUser();
    const open = await api().create(user, taskInput());
    const done = await api().create(user, taskInput({ completed: true }));
    expect(await api().list(user, { completed: true })).toEqual({ tasks: [done], total: 1 });
    expect(await api().list(user, { completed: false })).toEqual({ tasks: [open], total: 1 });
  });

  it('finds tasks by the beginnings of words in title and description', async () => {
    const user = newUser();
    const title = await api().create(user, { title: 'Add rate limiting' });
    const description = await api().create(user, { title: 'Headers', description: 'of the rate limiter' });
    await api().create(user, { title: 'Rate the film' });
    const { tasks, total } = await api().list(user, { search: 'rate limit' });
    expect({ ids: tasks.map((task) => task.id), total }).toEqual({ ids: [description.id, title.id], total: 2 });
  });

  it('changes only the fields that are given and counts the version up', async () => {
    const user = newUser();
    const task = await api().create(user, { title: 'Old', description: 'Stays' });
    const changed = await api().update(user, task.id, { title: 'New' });
    expect(changed).toEqual({ ...task, title: 'New', version: 2, updatedAt: expect.stringMatching(TIMESTAMP) });
    expect(changed.updatedAt >= task.updatedAt).toBe(true);
    expect(await api().get(user, task.id)).toEqual(changed);
  });

  it('clears the description with null and leaves the rest', async () => {
    const user = newUser();
    const task = await api().create(user, { title: 'Kept', description: 'Goes', completed: true });
    const changed = await api().update(user, task.id, { description: null });
    expect(changed).toMatchObject({ title: 'Kept', description: null, completed: true, completedAt: task.completedAt });
  });

  it('keeps an empty description apart from none', async () => {
    const user = newUser();
    const task = await api().create(user, { title: 'Empty', description: '' });
    expect((await api().get(user, task.id)).description).toBe('');
  });

  it('writes nothing for a change that changes nothing', async () => {
    const user = newUser();
    const task = await api().create(user, taskInput({ description: 'Same' }));
    expect(await api().update(user, task.id, {})).toEqual(task);
    expect(await api().update(user, task.id, { title: task.title, description: 'Same', completed: false })).toEqual(
      task,
    );
  });

  it('sets the time of completion when a task is completed, keeps it while it stays so, and clears it after', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    const done = await api().update(user, id, { completed: true });
    expect(done).toMatchObject({ completed: true, completedAt: done.updatedAt });
    expect(await api().update(user, id, { title: 'Still done' })).toMatchObject({ completedAt: done.completedAt });
    expect(await api().update(user, id, { completed: true })).toMatchObject({ completedAt: done.completedAt });
    expect(await api().update(user, id, { completed: false })).toMatchObject({ completed: false, completedAt: null });
  });

  it('toggles a task there and back', async () => {
    const user = newUser();
    const task = await api().create(user, taskInput());
    const done = await api().toggle(user, task.id);
    expect(done).toMatchObject({ completed: true, completedAt: done.updatedAt, version: 2 });
    expect(await api().toggle(user, task.id)).toMatchObject({ completed: false, completedAt: null, version: 3 });
  });

  it('knows nothing of a deleted task any more', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    const other = await api().create(user, taskInput());
    await api().delete(user, id);
    expect(await api().list(user)).toEqual({ tasks: [other], total: 1 });
    for (const call of everyCall(id)) expect(await refusalOf(call(api(), user))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('says NOT_FOUND for a task that never was', async () => {
    const user = newUser();
    for (const call of everyCall(NO_TASK))
      expect(await refusalOf(call(api(), user))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps texts as they are, with what looks like HTML, SQL or a template', async () => {
    const user = newUser();
    const title = `<script>alert("1")</script> ' or 1=1; -- \${7*7} {{7*7}} %00 \\u0000 &lt;`;
    const task = await api().create(user, { title, description: title });
    expect(await api().get(user, task.id)).toMatchObject({ title, description: title });
  });
}

/** Every operation on one task. */
export function everyCall(id: string): ((api: Api, user: string | undefined) => Promise<unknown>)[] {
  return [
    (api, user) => api.get(user, id),
    (api, user) => api.update(user, id, { title: 'Mine now' }),
    (api, user) => api.update(user, id, {}),
    (api, user) => api.update(user, id, { title: 'Mine now' }, 1),
    (api, user) => api.toggle(user, id),
    (api, user) => api.delete(user, id),
    (api, user) => api.delete(user, id, 1),
  ];
}
