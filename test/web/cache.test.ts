import { describe, expect, it } from '@jest/globals';
import { createCache } from '../../examples/web/src/apollo/cache.ts';
import { CommandLayers } from '../../examples/web/src/apollo/command-layers.ts';
import { putTask, removeTask } from '../../examples/web/src/apollo/task-cache.ts';
import {
  type TaskFieldsFragment,
  TasksDocument,
  type TasksQueryVariables,
} from '../../examples/web/src/generated/graphql.ts';
import { sampleTask } from './sample-task.ts';

const OPEN: TasksQueryVariables = {
  first: 2,
  filter: { completed: false },
  search: null,
  orderBy: [{ field: 'POSITION', direction: 'ASC' }],
};

const sample = (id: string, fields: Partial<TaskFieldsFragment> = {}) => sampleTask({ id, position: id, ...fields });

function writePage(
  cache: ReturnType<typeof createCache>,
  tasks: TaskFieldsFragment[],
  hasNextPage: boolean,
  after?: string,
) {
  const edges = tasks.map((node) => ({ __typename: 'TaskEdge' as const, cursor: `cursor ${node.id}`, node }));
  const pageInfo = { __typename: 'PageInfo' as const, endCursor: edges.at(-1)?.cursor ?? null, hasNextPage };
  const data = { tasks: { __typename: 'TaskConnection' as const, edges, pageInfo } };
  cache.writeQuery({ query: TasksDocument, variables: { ...OPEN, after: after ?? null }, data });
}

function listed(cache: ReturnType<typeof createCache>) {
  const list = cache.readQuery({ query: TasksDocument, variables: OPEN }, true)?.tasks;
  return { ids: list?.edges.map(({ node }) => node.id), hasMore: list?.pageInfo.hasNextPage };
}

function cacheOfFour() {
  const cache = createCache();
  writePage(cache, [sample('b'), sample('d')], true);
  writePage(cache, [sample('f'), sample('h')], true, 'cursor d');
  return cache;
}

describe('a list that is read page by page', () => {
  it('grows, and keeps what lies behind a page that is read again', () => {
    const cache = cacheOfFour();
    writePage(cache, [sample('a'), sample('b'), sample('d')], true);
    expect(listed(cache)).toEqual({ ids: ['a', 'b', 'd', 'f', 'h'], hasMore: true });
  });

  it('loses what is gone from a page that is read again', () => {
    const cache = cacheOfFour();
    writePage(cache, [sample('d'), sample('f')], true);
    expect(listed(cache)).toEqual({ ids: ['d', 'f', 'h'], hasMore: true });
  });

  it('ends with a page that ends it', () => {
    const cache = cacheOfFour();
    writePage(cache, [sample('b'), sample('d')], false);
    expect(listed(cache)).toEqual({ ids: ['b', 'd'], hasMore: false });
  });

  it('follows the positions that tasks get', () => {
    const cache = cacheOfFour();
    putTask(cache, sample('h', { position: 'c', version: 2 }));
    expect(listed(cache).ids).toEqual(['b', 'h', 'd', 'f']);
  });
});

describe('a task of the server', () => {
  it('goes into the lists where it surely belongs, as far as they were read', () => {
    const cache = cacheOfFour();
    for (const task of [sample('c'), sample('e', { completed: true }), sample('z')]) putTask(cache, task);
    expect(listed(cache).ids).toEqual(['b', 'c', 'd', 'f', 'h']);
  });

  it('leaves a later version alone, and its lists when it is removed', () => {
    const cache = cacheOfFour();
    putTask(cache, sample('b', { title: 'Later', version: 3 }));
    putTask(cache, sample('b', { title: 'Earlier', version: 2 }));
    expect(cache.readQuery({ query: TasksDocument, variables: OPEN })?.tasks.edges[0]?.node.title).toBe('Later');
    removeTask(cache, 'b');
    expect(listed(cache).ids).toEqual(['d', 'f', 'h']);
  });
});

describe('a command that has no answer yet', () => {
  it('shows what it will do, and rolls back without a trace', () => {
    const cache = cacheOfFour();
    const layers = new CommandLayers(cache);
    const before = cache.extract();
    layers.show({ id: '1', update: { id: 'b', input: { title: 'Mine', dueDate: '2026-12-24' } } });
    layers.show({ id: '2', delete: { id: 'd' } });
    layers.show({ id: '3', move: { id: 'h', before: 'b' } });
    expect(listed(cache).ids).toEqual(['h', 'b', 'f']);
    expect(cache.readQuery({ query: TasksDocument, variables: OPEN }, true)?.tasks.edges[1]?.node).toMatchObject({
      title: 'Mine',
      dueDate: '2026-12-24',
    });
    for (const id of ['1', '2', '3']) layers.hide(id);
    expect(listed(cache).ids).toEqual(['b', 'd', 'f', 'h']);
    expect(cache.extract()).toEqual(before);
  });

  it('shows a new task at the end of a list that was read to its end', () => {
    const cache = cacheOfFour();
    const layers = new CommandLayers(cache);
    writePage(cache, [sample('b'), sample('d')], false);
    layers.show({ id: '1', create: { id: 'new', title: 'New' } });
    layers.show({ id: '2', update: { id: 'new', input: { priority: 'HIGH' } } });
    expect(listed(cache).ids).toEqual(['b', 'd', 'new']);
    expect(cache.extract()).not.toHaveProperty('Task:new');
  });
});
