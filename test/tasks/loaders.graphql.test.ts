import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { countStatements, type StatementCounter } from '../support/statement-counter.ts';
import { asked, tasksOf, type Variables } from './support/graphql-tasks.ts';

/** How many statements it takes to show what tasks belong to, counted between the server and its database. */

const PAGE = 100;

let app: TestApp;
let counted: TestApp;
let counter: StatementCounter;
let user: string;
let lists: string[];
let ids: string[];

beforeAll(async () => {
  app = await startTestApp();
  counter = await countStatements(app.databaseUrl);
  counted = await startTestApp({ beside: app, through: counter.through });
  user = newUser();
  const made = tasksOf(app);
  const tags: string[] = [];
  for (let index = 0; index < 50; index++) tags.push((await made.tag(user, `Tag ${index}`)).id);
  lists = [];
  for (let index = 0; index < 20; index++) lists.push((await made.taskList(user, `List ${index}`)).id);
  const plan = (index: number) => ({
    tagIds: [tags[index % 50]!, tags[(index + 7) % 50]!],
    listId: lists[index % 20]!,
    dueDate: index % 3 === 0 ? `2026-02-${10 + (index % 7)}` : null,
  });
  ids = await storeTasks(
    app.databaseUrl,
    user,
    Array.from({ length: PAGE }, (_, index) => plan(index)),
  );
  const parts = ids.flatMap((parentId, index) => Array.from({ length: 3 }, () => ({ ...plan(index), parentId })));
  await storeTasks(app.databaseUrl, user, parts);
});
afterAll(async () => {
  await counted.close();
  await counter.close();
  await app.close();
});

/** Each time another document, so that no answer is one that was kept. */
let times = 0;
async function statementsOf(fields: string, variables: Variables = {}) {
  await asked(counted, user, '{ viewer { id } }');
  const before = counter.roundTrips;
  times += 1;
  const data = await asked(
    counted,
    user,
    `query Q${times}($ids: [ID!]) { ${fields} }`.replace('($ids: [ID!])', variables.ids ? '($ids: [ID!]!)' : ''),
    variables,
  );
  return { data, statements: counter.roundTrips - before };
}

const PARENTS = 'first: 100, filter: { hasParent: false }';
const PARTS = 'first: 100, filter: { hasParent: true }';

describe('the statements of a page of 100 tasks', () => {
  it.each([
    ['one with the names of tags and list, and counts of subtasks', '', 1],
    ['three with everything about tags and list', 'createdAt', 3],
  ])('are %s', async (_what, ofLabels, expected) => {
    const fields = `nodes { id tags { name ${ofLabels} } list { name ${ofLabels} } subtaskCounts { total open } }`;
    const { data, statements } = await statementsOf(`tasks(${PARENTS}) { ${fields} }`);
    expect(statements).toBe(expected);
    expect(data.tasks.nodes).toHaveLength(PAGE);
    for (const task of data.tasks.nodes) {
      expect({ ...task, tags: task.tags.length }).toMatchObject({
        ...{ tags: 2, list: { name: expect.stringMatching(/^List/) }, subtaskCounts: { total: 3, open: 3 } },
      });
    }
  });

  it('are one more with subtasks', async () => {
    const fields = 'nodes { tags { name } list { name } subtaskCounts { total } subtasks { title } }';
    const { data, statements } = await statementsOf(`tasks(${PARENTS}) { ${fields} }`);
    expect(statements).toBe(2);
    expect(data.tasks.nodes.every((task: { subtasks: unknown[] }) => task.subtasks.length === 3)).toBe(true);
  });

  it('are one more with parents', async () => {
    const fields = 'nodes { parentId tags { name } list { name } subtaskCounts { total } parent { id title } }';
    const { data, statements } = await statementsOf(`tasks(${PARTS}) { ${fields} }`);
    expect(statements).toBe(2);
    for (const task of data.tasks.nodes) expect(task.parent.id).toBe(task.parentId);
  });

  it('are one for each kind and level, however deep the question', async () => {
    const fields = 'nodes { subtasks(first: 2) { tags { name } parent { id list { name } } } }';
    const { statements } = await statementsOf(`tasks(first: 30, filter: { hasParent: false }) { ${fields} }`);
    expect(statements).toBe(5);
  });

  it('are one for each number of subtasks that is asked for', async () => {
    const fields =
      'nodes { one: subtasks(first: 1) { id } two: subtasks(first: 2) { id } again: subtasks(first: 1) { id } }';
    const { data, statements } = await statementsOf(`tasks(${PARENTS}) { ${fields} }`);
    expect(statements).toBe(3);
    for (const { one, two, again } of data.tasks.nodes) {
      expect({ one: one.length, two: two.length }).toEqual({ one: 1, two: 2 });
      expect(again).toEqual(one);
    }
  });

  it('are three with history and completed occurrences', async () => {
    const fields =
      'nodes { history(first: 1) { nodes { version } } completedOccurrences(first: 1) { nodes { version } } }';
    expect((await statementsOf(`tasks(first: 50, filter: { hasParent: false }) { ${fields} }`)).statements).toBe(3);
  });

  it('are none for tags, lists and parents of tasks that have none', async () => {
    const other = newUser();
    await storeTasks(app.databaseUrl, other, [{}, {}]);
    await asked(counted, other, '{ viewer { id } }');
    const before = counter.roundTrips;
    await asked(counted, other, '{ tasks { nodes { tags { id } list { id } parent { id } } } }');
    expect(counter.roundTrips - before).toBe(1);
  });
});

describe('what tasks belong to', () => {
  const SHOWN = 'tags { id name color version } list { id name color version } subtaskCounts { total completed open }';
  const APART = 'tags { createdAt } list { createdAt } ';

  it.each([
    ['the newest first', 'first: 30'],
    ['from the end', 'last: 30'],
    ['sorted by what many do not have', 'first: 30, orderBy: [{ field: DUE, direction: ASC }]'],
    ['in their own order', 'first: 30, orderBy: [{ field: POSITION, direction: ASC }]'],
    ['searched', 'first: 30, search: "task"'],
    ['the most relevant', 'first: 30, search: "task", orderBy: [{ field: RELEVANCE, direction: DESC }]'],
    ['filtered', 'first: 30, filter: { hasParent: false, completed: false }'],
  ])('is the same read with them, %s, as read by itself', async (_what, page) => {
    const { data } = await statementsOf(`tasks(${page}) { nodes { id ${SHOWN} } }`);
    const apart = await statementsOf(`tasks(${page}) { nodes { id ${SHOWN} ${APART} } }`);
    expect(data.tasks.nodes).toHaveLength(30);
    expect(apart.data.tasks.nodes).toMatchObject(data.tasks.nodes);
  });

  it('goes on behind a cursor where many have no date', async () => {
    const orderBy = 'orderBy: [{ field: DUE, direction: ASC, nulls: FIRST }]';
    const page = `first: 20, ${orderBy}`;
    const { data } = await statementsOf(`tasks(${page}) { pageInfo { endCursor } }`);
    const next = `tasks(${page}, after: "${data.tasks.pageInfo.endCursor}")`;
    const together = await statementsOf(`${next} { nodes { id ${SHOWN} } }`);
    const apart = await statementsOf(`${next} { nodes { id ${SHOWN} ${APART} } }`);
    expect(together).toMatchObject({ statements: 1 });
    expect(apart.data.tasks.nodes).toMatchObject(together.data.tasks.nodes);
  });

  it('is nothing for tasks that have none', async () => {
    const other = newUser();
    await storeTasks(app.databaseUrl, other, [{}]);
    expect((await asked(counted, other, `{ tasks { nodes { ${SHOWN} } } }`)).tasks.nodes).toEqual([
      { tags: [], list: null, subtaskCounts: { total: 0, completed: 0, open: 0 } },
    ]);
  });
});

describe('the statements of other questions', () => {
  it('are two for all lists with their counts', async () => {
    const { data, statements } = await statementsOf('lists { id name taskCounts { total completed open } }');
    expect(statements).toBe(2);
    expect(data.lists).toHaveLength(20);
    for (const list of data.lists) expect(list.taskCounts).toEqual({ total: 20, completed: 0, open: 20 });
  });

  it('are three for nodes of every kind', async () => {
    const wanted = [...ids.slice(0, 10), ...lists.slice(0, 5), '01890a5d-ac96-774b-bcce-b302099a8057', 'x'];
    const { data, statements } = await statementsOf('nodes(ids: $ids) { __typename id }', { ids: wanted });
    expect(statements).toBe(3);
    expect(data.nodes).toEqual([
      ...ids.slice(0, 10).map((id) => ({ __typename: 'Task', id })),
      ...lists.slice(0, 5).map((id) => ({ __typename: 'TaskList', id })),
      ...[null, null],
    ]);
  });

  it('are one for nodes that are tasks', async () => {
    expect((await statementsOf('nodes(ids: $ids) { id }', { ids: ids.slice(0, 100) })).statements).toBe(1);
  });

  it('are one for a page over REST, with tags, list and parent of each', async () => {
    const before = counter.roundTrips;
    const { body } = await counted.rest(user, 'GET', '/api/tasks?limit=100&has_parent=true');
    expect(counter.roundTrips - before).toBe(1);
    expect(body.items[0]).toMatchObject({ tag_ids: expect.any(Array), list_id: expect.any(String) });
  });

  it('are two for numbers of two filters', async () => {
    const { data, statements } = await statementsOf(
      'all: taskStats { total } parts: taskStats(filter: { hasParent: true }) { total }',
    );
    expect({ data, statements }).toEqual({ data: { all: { total: 400 }, parts: { total: 300 } }, statements: 2 });
  });
});

describe('loaders', () => {
  it('show each user their own, in requests at once', async () => {
    const others = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const other = newUser();
        const { id } = await tasksOf(app).taskList(other, `Of ${other}`);
        await storeTasks(app.databaseUrl, other, [{ listId: id }]);
        return other;
      }),
    );
    const shown = await Promise.all(
      others.map((other) => asked(counted, other, '{ tasks { nodes { list { name } } } }')),
    );
    expect(shown.map(({ tasks }) => tasks.nodes[0].list.name)).toEqual(others.map((other) => `Of ${other}`));
  });
});
