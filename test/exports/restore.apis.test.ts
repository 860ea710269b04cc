import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';

let [here, there]: TestApp[] = [];
beforeAll(async () => {
  [here, there] = await Promise.all([startTestApp(), startTestApp()]);
});
afterAll(async () => {
  await here?.close();
  await there?.close();
});

type Line = { type: string } & Record<string, unknown>;
const linesOf = (ndjson: string): Line[] =>
  ndjson
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const ndjson = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

async function exported(app: TestApp, user: string): Promise<string> {
  return (await fetch(`${app.url}/api/auth/me/export`, { headers: await app.credentials(user) })).text();
}

function send(app: TestApp, user: string, body: string, query = '') {
  return app.rest(user, 'POST', `/api/tasks/import${query}`, body, { 'content-type': 'application/x-ndjson' });
}

async function post(app: TestApp, user: string, path: string, body: object) {
  const answer = await app.rest(user, 'POST', path, body);
  expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
  return answer.body;
}

const task = (number: number, fields: object = {}) => ({
  type: 'task',
  id: `01890a5d-ac96-774b-bcce-${String(number).padStart(12, '0')}`,
  title: `t${number}`,
  completed: false,
  created_at: '2026-01-01T00:00:00.000Z',
  ...fields,
});

describe('an export', () => {
  it('is brought back by another user on another server: tasks, tags, lists, subtasks and their order', async () => {
    const [ann, bob] = [newUser('ann'), newUser('bob')];
    const list = await post(here!, ann, '/api/lists', { name: 'Errands', color: '#3366ff' });
    const empty = await post(here!, ann, '/api/lists', { name: 'Empty' });
    const [red, blue] = [
      await post(here!, ann, '/api/tags', { name: 'Red', color: '#ff0000' }),
      await post(here!, ann, '/api/tags', { name: 'blue' }),
    ];
    const rule = { recurrence: 'FREQ=WEEKLY;BYDAY=MO,TH', recurrence_basis: 'COMPLETION' };
    const first = await post(here!, ann, '/api/tasks', {
      title: 'first',
      tag_ids: [red.id, blue.id],
      list_id: list.id,
    });
    const moved = await post(here!, ann, '/api/tasks', {
      title: 'moved',
      priority: 'URGENT',
      due_date: '2026-12-24',
      ...rule,
    });
    const due = { due_at: '2026-12-24T15:00:00Z', due_time_zone: 'Europe/Berlin', description: 'a\nb' };
    const last = await post(here!, ann, '/api/tasks', { title: 'last', ...due, completed: true });
    // Made before its parent: the file has it first.
    await here!.rest(ann, 'PATCH', `/api/tasks/${first.id}`, { parent_id: last.id });
    await here!.rest(ann, 'PATCH', `/api/tasks/${moved.id}/move`, { before: first.id });
    const deleted = await post(here!, ann, '/api/tasks', { title: 'deleted' });
    await here!.rest(ann, 'DELETE', `/api/tasks/${deleted.id}`);

    const file = await exported(here!, ann);
    const lines = linesOf(file);
    expect(lines.slice(2, 6)).toEqual([
      { type: 'list', id: empty.id, name: 'Empty', color: null },
      { type: 'list', id: list.id, name: 'Errands', color: '#3366ff' },
      { type: 'tag', id: blue.id, name: 'blue', color: null },
      { type: 'tag', id: red.id, name: 'Red', color: '#ff0000' },
    ]);
    const outcome = { added: 3, known: 0, dry_run: false, faults: [] };
    expect((await send(there!, bob, file, '?dry_run=true')).body).toEqual({ ...outcome, dry_run: true });
    expect((await there!.rest(bob, 'GET', '/api/lists')).body).toMatchObject({ items: [] });
    expect((await send(there!, bob, file)).body).toEqual(outcome);
    const lasting = ({ updated_at, version, ...same }: Line) => same;
    const kept = (text: string) =>
      linesOf(text)
        .filter(({ type }) => ['task', 'tag', 'list'].includes(type))
        .map(lasting);
    expect(kept(await exported(there!, bob))).toEqual(kept(file));
    const ordered = await there!.rest(bob, 'GET', '/api/tasks?sort=position');
    expect(ordered.body.items.map(({ title }: { title: string }) => title)).toEqual(['moved', 'first', 'last']);
    expect((await send(there!, bob, file)).body).toEqual({ ...outcome, added: 0, known: 3 });
  });

  it('from before there were tags, lists and the rest is still read', async () => {
    const user = newUser();
    expect((await send(here!, user, ndjson(task(1, { description: null, completed_at: null })))).body).toMatchObject({
      added: 1,
      faults: [],
    });
    expect((await here!.rest(user, 'GET', '/api/tasks')).body.items).toMatchObject([
      { title: 't1', priority: 'NONE', tag_ids: [], list_id: null, parent_id: null, recurrence_basis: 'DUE' },
    ]);
  });

  it('has its tags become those that the user has of the name', async () => {
    const user = newUser();
    const own = await post(here!, user, '/api/tags', { name: 'Work' });
    const given = '01890a5d-ac96-774b-bcce-b302099a9001';
    const file = ndjson({ type: 'tag', id: given, name: 'WORK', color: null }, task(2, { tag_ids: [given] }));
    expect((await send(here!, user, file)).body).toMatchObject({ added: 1, faults: [] });
    expect((await here!.rest(user, 'GET', '/api/tasks')).body.items).toMatchObject([{ tag_ids: [own.id] }]);
    expect((await here!.rest(user, 'GET', '/api/tags')).body.items).toMatchObject([{ id: own.id, name: 'Work' }]);
  });

  it("takes no tag, list or parent of somebody else's", async () => {
    const [alice, bob] = [newUser('alice'), newUser('bob')];
    const tag = await post(here!, alice, '/api/tags', { name: 'hers' });
    const list = await post(here!, alice, '/api/lists', { name: 'hers' });
    const parent = await post(here!, alice, '/api/tasks', { title: 'hers' });
    const file = ndjson(task(3, { tag_ids: [tag.id], list_id: list.id, parent_id: parent.id }));
    const { body } = await send(here!, bob, file);
    expect(body).toMatchObject({ added: 1 });
    expect(body.faults).toEqual(
      expect.arrayContaining([
        { line: 1, message: 'belongs to a task that is not in the file: it is put at the top', left_out: false },
        { line: 1, message: 'has a tag not in the file: left out', left_out: false },
        { line: 1, message: 'is in a list that is not in the file: it is put in none', left_out: false },
      ]),
    );
    expect((await here!.rest(bob, 'GET', '/api/tasks')).body.items).toMatchObject([
      { tag_ids: [], list_id: null, parent_id: null },
    ]);

    // With the lines of her tags: of the same name, and his own.
    const whole = ndjson({ type: 'tag', id: tag.id, name: 'hers', color: null }, task(4, { tag_ids: [tag.id] }));
    expect((await send(here!, bob, whole)).body).toMatchObject({ added: 1, faults: [] });
    const [his] = (await here!.rest(bob, 'GET', '/api/tags')).body.items;
    expect([his.name, his.id === tag.id]).toEqual(['hers', false]);
    expect((await here!.rest(alice, 'GET', '/api/tags')).body.items).toMatchObject([{ id: tag.id, version: 1 }]);
  });

  it('leaves no tag behind when an id is somebody else’s', async () => {
    const [alice, bob] = [newUser('alice'), newUser('bob')];
    const { id } = await post(here!, alice, '/api/tasks', { title: 'hers' });
    const tag = { type: 'tag', id: '01890a5d-ac96-774b-bcce-b302099a9005', name: 'new', color: null };
    const { status, body } = await send(here!, bob, ndjson(tag, task(5), task(6, { id })));
    expect([status, body.detail]).toEqual([409, 'The ids of these lines are in use by somebody else: 3']);
    expect((await here!.rest(bob, 'GET', '/api/tags')).body.items).toEqual([]);
  });

  it('comes back though tasks go in a circle, and is refused by line for what no task can have', async () => {
    const user = newUser();
    const [one, other] = [task(7), task(8)];
    const circle = ndjson({ ...one, parent_id: other.id }, { ...other, parent_id: one.id });
    expect((await send(here!, user, circle)).body).toMatchObject({
      added: 2,
      faults: [{ message: 'belongs to itself: it is put at the top' }],
    });
    const faulty = ndjson(
      task(9, { due_date: '2026-12-24', due_at: '2026-12-24T00:00:00Z' }),
      task(10, { due_time_zone: 'UTC' }),
      task(11, { recurrence: 'FREQ=DAILY' }),
      task(12, { recurrence: 'FREQ=HOURLY', due_date: '2026-12-24' }),
      task(13, { priority: 'SOON', position: '?' }),
      { type: 'tag', id: 'x', name: '' },
    );
    const { status, body } = await send(here!, user, faulty);
    expect(status).toBe(400);
    expect(body.fields.map(({ field }: { field: string }) => field)).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => `line ${n}`),
    );
  });
});
