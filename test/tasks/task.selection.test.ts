import { describe, expect, it } from '@jest/globals';
import { type FieldNode, type FragmentDefinitionNode, Kind, parse } from 'graphql';
import type { TaskSelection } from '../../src/tasks/task.related.ts';
import { taskSelection } from '../../src/tasks/task.selection.ts';

/** Of the first field of the first operation. */
function selection(text: string): TaskSelection {
  const { definitions } = parse(text);
  const [operation] = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const fragments = Object.fromEntries(
    definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const [field] = operation!.selectionSet.selections as [FieldNode];
  return taskSelection({ fieldNodes: [field], fragments });
}

describe('a list of tasks', () => {
  it.each([
    ['what every task has', '{ tasks { nodes { id title completed version } } }'],
    ['cursors, pages and numbers', '{ tasks { totalCount edges { cursor node { id } } pageInfo { endCursor } } }'],
    ['other names for them', '{ list: tasks { rows: nodes { priority: title } } }'],
    ['fragments of them', '{ tasks { ...Page } } fragment Page on TaskConnection { nodes { ... on Task { title } } }'],
    [
      'what is read by itself',
      '{ tasks { nodes { id subtaskCounts { total } subtasks { priority } history { nodes { version } } } } }',
    ],
  ])('is plain with %s', (_what, text) => {
    expect(selection(text)).toMatchObject({ isPlain: true });
  });

  it.each([
    ['a priority', '{ tasks { nodes { id priority } } }'],
    ['tags', '{ tasks { edges { node { tags { name } } } } }'],
    ['a place', '{ tasks { nodes { position } } }'],
    ['a due date by another name', '{ tasks { nodes { title: dueDate } } }'],
    [
      'a list in a fragment',
      '{ tasks { nodes { ...T } } } fragment T on Task { ...L } fragment L on Task { list { id } }',
    ],
    ['a parent in an inline fragment', '{ tasks { nodes { ... on Task { parentId } } } }'],
    ['a field that may be left out', 'query ($with: Boolean!) { tasks { nodes { recurrence @include(if: $with) } } }'],
    ['a field that nobody knows of yet', '{ tasks { nodes { estimate } } }'],
  ])('is not plain with %s', (_what, text) => {
    expect(selection(text)).toMatchObject({ isPlain: false });
  });
});

describe('with a list of tasks are read', () => {
  it.each([
    ['the names of tags', '{ tasks { nodes { tags { id name } } } }', { tags: true }],
    [
      'the colour of the list',
      '{ tasks { edges { node { place: list { __typename colour: color } } } } }',
      { list: true },
    ],
    [
      'tags in fragments',
      '{ tasks { nodes { ...T } } } fragment T on Task { tags { ...N } } fragment N on Tag { version ... on Node { id } }',
      { tags: true },
    ],
    ['numbers of subtasks', '{ tasks { nodes { subtaskCounts { open } } } }', { subtaskCounts: true }],
  ])('%s', (_what, text, expected) => {
    expect(selection(text)).toMatchObject({ tags: false, list: false, subtaskCounts: false, ...expected });
  });

  it.each([
    ['tags whose times are asked for', '{ tasks { nodes { tags { name createdAt } } } }'],
    [
      'tags whose times are asked for elsewhere',
      '{ tasks { nodes { tags { id } } edges { node { tags { updatedAt } } } } }',
    ],
    ['numbers of their list', '{ tasks { nodes { list { id taskCounts { total } } } } }'],
    ['tags of their subtasks', '{ tasks { nodes { subtasks { tags { id } list { id } subtaskCounts { total } } } } }'],
  ])('not %s, which have statements of their own', (_what, text) => {
    expect(selection(text)).toMatchObject({ tags: false, list: false, subtaskCounts: false });
  });
});
