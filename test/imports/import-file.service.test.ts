import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import type { ImportFormat } from '../../src/imports/file-formats.ts';
import { withOwner } from '../backup/support.ts';
import { processorTime } from '../support/processor-time.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';

let services: TestServices;
beforeAll(async () => {
  services = await startTestServices();
});
afterAll(() => services.close());

const add = (actor: Actor, text: string, format: ImportFormat = 'MARKDOWN', more = {}) =>
  services.imports.importFile(actor, { format, text, ...more });
const todo = (uid: string, ...lines: string[]) => ['BEGIN:VTODO', `UID:${uid}`, ...lines, 'END:VTODO'].join('\n');
const calendar = (...todos: string[]) => ['BEGIN:VCALENDAR', ...todos, 'END:VCALENDAR'].join('\n');

async function tasksOf(actor: Actor) {
  const page = await services.tasks.connection(actor, {
    first: 100,
    orderBy: [{ field: 'createdAt', direction: 'asc' }],
  });
  return page.rows;
}

async function namesOf(actor: Actor, kind: 'tags' | 'lists') {
  return (await services.labels.all(actor, kind)).map(({ name }) => name);
}

/** What a change of anything changes. */
async function revisionOf({ userId }: Actor): Promise<string> {
  const { rows } = await withOwner(services.database.url, (client) =>
    client.query('select rev from users where id = $1', [userId]),
  );
  return rows[0].rev;
}

describe('a file of another program', () => {
  it('has its tasks known by the ids that a plain list gives them', async () => {
    const actor = await services.actor();
    expect(await services.imports.add(actor, [{ title: 'milk', completed: false }])).toBe(1);
    expect(await add(actor, '- [ ] milk #food\n- [ ] milk')).toMatchObject({ added: 1, known: 1, faults: [] });
    expect(await add(actor, 'TYPE,CONTENT\ntask,milk\ntask,tea', 'TODOIST_CSV')).toMatchObject({ added: 1, known: 1 });
    expect((await tasksOf(actor)).map(({ title }) => title)).toEqual(['milk', 'milk', 'tea']);
    // A UID is no title, whatever it looks like.
    const text = calendar(todo('["milk",1]', 'SUMMARY:milk'));
    expect(await add(actor, text, 'ICALENDAR')).toMatchObject({ added: 1, known: 0 });
  });

  it('adds nothing when it comes again, and neither what was deleted nor its tags come back', async () => {
    const actor = await services.actor();
    const text = '# Home\n\n- [ ] a #red\n  - [x] b #Red ⏫';
    expect(await add(actor, text)).toEqual({ added: 2, known: 0, faults: [], dryRun: false });
    const [a, b] = await tasksOf(actor);
    expect(b).toMatchObject({ title: 'b', completed: true, priority: 'HIGH', parentId: a?.id, tagIds: a?.tagIds });
    const [home] = await services.labels.all(actor, 'lists');
    expect([a?.listId, home?.name]).toEqual([home?.id, 'Home']);
    await services.tasks.delete(actor, b!.id);
    await services.labels.delete(actor, 'tags', a!.tagIds[0]!);
    const before = await revisionOf(actor);
    expect(await add(actor, text)).toMatchObject({ added: 0, known: 2 });
    expect([await namesOf(actor, 'tags'), await revisionOf(actor)]).toEqual([[], before]);
  });

  it('puts what belongs to a task that was deleted at the top', async () => {
    const actor = await services.actor();
    await add(actor, '- [ ] a');
    await services.tasks.delete(actor, (await tasksOf(actor))[0]!.id);
    expect(await add(actor, '- [ ] a\n  - [ ] b\n    - [ ] c')).toMatchObject({ added: 2, known: 1 });
    const [b, c] = await tasksOf(actor);
    expect([b?.parentId, c?.parentId]).toEqual([null, b?.id]);
  });

  it("uses the user's own tags and lists, whatever their case, and makes those that are missing once", async () => {
    const [actor, other] = [await services.actor(), await services.actor()];
    const { id } = await services.labels.create(actor, 'tags', { name: 'Été', color: '#112233' });
    await services.labels.create(other, 'tags', { name: 'Neu' });
    await add(actor, '- [ ] a #été #neu\n- [ ] b #NEU\n- [ ] c #ÉTÉ');
    expect((await namesOf(actor, 'tags')).toSorted()).toEqual(['neu', 'Été']);
    expect((await tasksOf(actor)).map(({ tagIds }) => tagIds.includes(id))).toEqual([true, false, true]);
    expect(await namesOf(other, 'tags')).toEqual(['Neu']);
  });

  it('is only looked at in a dry run, which says what would be', async () => {
    const actor = await services.actor();
    await add(actor, '- [ ] a #one');
    const before = await revisionOf(actor);
    const text = '# New\n- [ ] a #one\n- [ ] b #two\n  - [ ] c\n- [y] d';
    const dry = await add(actor, text, 'MARKDOWN', { dryRun: true });
    expect(dry).toMatchObject({ added: 2, known: 1, dryRun: true });
    expect(dry.faults).toEqual([{ line: 5, message: 'is marked neither [ ] nor [x]', leftOut: true }]);
    expect([await revisionOf(actor), await namesOf(actor, 'tags'), await namesOf(actor, 'lists')]).toEqual([
      before,
      ['one'],
      [],
    ]);
    expect(await add(actor, text)).toEqual({ ...dry, dryRun: false });
  });

  it('leaves no tag behind when there would be too many of them', async () => {
    const actor = await services.actor();
    const line = (from: number) => `- [ ] a ${Array.from({ length: 50 }, (_, index) => `#t${from + index}`).join(' ')}`;
    const text = Array.from({ length: 11 }, (_, index) => line(50 * index)).join('\n');
    const before = await revisionOf(actor);
    for (const dryRun of [true, false])
      await expect(add(actor, text, 'MARKDOWN', { dryRun })).rejects.toThrow(
        'There may be at most 500 tags: 0 are there and 550 would be new',
      );
    expect([await revisionOf(actor), await namesOf(actor, 'tags')]).toEqual([before, []]);
  });

  it('leaves no tag behind when a task cannot be added', async () => {
    const actor = await services.actor();
    const deep = ['a', 'b', 'c', 'd', 'e'].map((title, depth) => `${'  '.repeat(depth)}- [ ] ${title}`);
    await add(actor, deep.join('\n'));
    await expect(
      services.imports.addExported(actor, {
        tags: [{ id: '01890a5d-ac96-774b-bcce-b302099a8001', name: 'x', color: null }],
        lists: [],
        tasks: [await exportedBelow(actor)],
      }),
    ).rejects.toThrow('would make more than 5 levels');
    expect(await namesOf(actor, 'tags')).toEqual([]);
  });

  it('is read up to 1,000 tasks', async () => {
    const actor = await services.actor();
    const text = Array.from({ length: 1001 }, (_, index) => `- [ ] t${index}`).join('\n');
    expect(await add(actor, text)).toMatchObject({
      added: 1000,
      faults: [{ line: 1001, message: expect.stringMatching(/^there are more than 1000 tasks/), leftOut: true }],
    });
    expect((await services.tasks.stats(actor)).total).toBe(1000);
  });

  it('has rules stored in their canonical form, and those that are none in the description', async () => {
    const actor = await services.actor();
    const due = 'DUE;VALUE=DATE:20261224';
    const text = calendar(
      todo('1', 'SUMMARY:a', due, 'RRULE:BYDAY=TH,MO;FREQ=WEEKLY;INTERVAL=1'),
      todo('2', 'SUMMARY:b', due, 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'),
    );
    const { faults } = await add(actor, text, 'ICALENDAR');
    expect(faults).toEqual([
      { line: 8, message: 'recurrence must occur some day: it is at the end of the description', leftOut: false },
    ]);
    expect(await tasksOf(actor)).toMatchObject([
      { recurrence: 'FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TH', dueDate: '2026-12-24' },
      { recurrence: null, description: 'RRULE: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' },
    ]);
  });

  it('takes no longer for a thousand days that never come', async () => {
    const actor = await services.actor();
    const never = (count: number) => `RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30,31;BYDAY=MO;COUNT=${count + 1}`;
    const todos = Array.from({ length: 900 }, (_, count) =>
      todo(`${count}`, 'SUMMARY:a', 'DUE;VALUE=DATE:20261224', never(count)),
    );
    const begin = processorTime();
    const { faults } = await add(actor, calendar(...todos), 'ICALENDAR', { dryRun: true });
    expect(faults.at(-1)?.message).toMatch(/^recurrence is not read after 20 that are none/);
    expect(processorTime() - begin).toBeLessThan(8000);
  });

  it("has times in the zone that is given, else in the user's", async () => {
    const actor = await services.actor();
    await services.users.update(actor, { timeZone: 'Asia/Kolkata' });
    const text = (uid: string) => calendar(todo(uid, `SUMMARY:${uid}`, 'DUE:20261224T150000'));
    await add(actor, text('own'), 'ICALENDAR');
    await add(actor, text('given'), 'ICALENDAR', { timeZone: 'Europe/Berlin' });
    expect(await tasksOf(actor)).toMatchObject([
      { dueAt: '2026-12-24T09:30:00.000Z', dueTimeZone: 'Asia/Kolkata' },
      { dueAt: '2026-12-24T14:00:00.000Z', dueTimeZone: 'Europe/Berlin' },
    ]);
    await expect(add(actor, '', 'MARKDOWN', { timeZone: 'Mars/Base' })).rejects.toMatchObject({
      details: { fields: [{ field: 'timeZone' }] },
    });
  });

  it('may be an export of this server: tasks are known that are there or were', async () => {
    const actor = await services.actor();
    const [kept, deleted] = [
      await services.tasks.create(actor, { title: 'kept' }),
      await services.tasks.create(actor, { title: 'deleted' }),
    ];
    const { pieces } = await services.exports.document(actor, 'icalendar');
    let text = '';
    for await (const piece of pieces) text += piece;
    await services.tasks.delete(actor, deleted.id);
    expect(await add(actor, text, 'ICALENDAR')).toMatchObject({ added: 0, known: 2 });
    expect((await tasksOf(actor)).map(({ id }) => id)).toEqual([kept.id]);
    const other = await services.actor();
    expect(await add(other, text, 'ICALENDAR')).toMatchObject({ added: 2, known: 0 });
    expect((await tasksOf(other)).map(({ id }) => id)).not.toContain(kept.id);
  });

  it('that comes twice at once is added once, with its tags', async () => {
    const actor = await services.actor();
    const text = Array.from({ length: 20 }, (_, index) => `- [ ] t${index} #a${index} #b${index}`).join('\n');
    const outcomes = await Promise.all([add(actor, text), add(actor, text), add(actor, text)]);
    expect(outcomes.reduce((sum, { added }) => sum + added, 0)).toBe(20);
    expect(await namesOf(actor, 'tags')).toHaveLength(40);
    expect((await tasksOf(actor)).every(({ tagIds }) => tagIds.length === 2)).toBe(true);
  });

  it('is put into a list of a name that is given, unless it names one', async () => {
    const actor = await services.actor();
    await add(actor, '- [ ] a\n# Own\n- [ ] b', 'MARKDOWN', { listName: 'Given' });
    const names = new Map((await services.labels.all(actor, 'lists')).map(({ id, name }) => [id, name]));
    expect((await tasksOf(actor)).map(({ listId }) => names.get(listId ?? ''))).toEqual(['Given', 'Own']);
  });

  it('is refused for an account that was erased', async () => {
    const actor = await services.actor();
    await services.users.deleteAccount(actor, actor.userId);
    await expect(add(actor, '- [ ] a')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

/** A task below the deepest one of the user. */
async function exportedBelow(actor: Actor) {
  const parent = (await tasksOf(actor)).at(-1);
  return {
    id: '01890a5d-ac96-774b-bcce-b302099a8000',
    ...{ title: 'f', description: null, completed: false, completedAt: null, createdAt: new Date(), line: 1 },
    ...({ priority: 'NONE', dueDate: null, dueAt: null, dueTimeZone: null, recurrence: null, rank: null } as const),
    ...({ recurrenceBasis: 'DUE', tagIds: [], listId: null, parentId: parent?.id ?? null } as const),
    tagIds: [],
  };
}
