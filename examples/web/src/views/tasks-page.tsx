import { useState } from 'react';
import { localDay } from '../apollo/due-day.ts';
import type { CreateTaskInput } from '../generated/graphql.ts';
import { useLabels } from '../labels/use-labels.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { placeAt } from '../tasks/place-at.ts';
import { QuickAdd } from '../tasks/quick-add.tsx';
import { SelectionBar } from '../tasks/selection-bar.tsx';
import { TaskList } from '../tasks/task-list.tsx';
import { useTaskActions } from '../tasks/use-task-actions.ts';
import { useTaskList } from '../tasks/use-task-list.ts';
import { useSettled } from '../ui/use-settled.ts';
import { EmptyState } from './empty-state.tsx';
import { FilterBar } from './filter-bar.tsx';
import { PageHeader } from './page-header.tsx';
import { initialSelection, isManual, isNarrowed, type Selection, variablesOf } from './selection.ts';
import type { View } from './view.ts';
import { titleOf } from './view-title.ts';

interface TasksPageProps {
  readonly view: View;
  readonly showHelp: () => void;
}

/** A view of tasks. Give it the view's address as its `key`: each view begins with its own selection. */
export function TasksPage({ view, showHelp }: TasksPageProps) {
  const [selection, setSelection] = useState(() => initialSelection(view));
  const [search, searchNow] = useSettled(selection.search);
  const narrowed: Selection = { ...selection, search };
  const list = useTaskList(variablesOf(view, narrowed));
  const actions = useTaskActions();
  const canMove = isManual(narrowed, view);
  const title = titleOf(view, useLabels());
  const change = (part: Partial<Selection>) => setSelection((before) => ({ ...before, ...part }));

  useShortcuts({
    ...actions,
    tasks: list.tasks,
    showHelp,
    moveBy(task, places) {
      const index = list.tasks.findIndex(({ id }) => id === task.id);
      const place = canMove && placeAt(list.tasks, task.id, index + places);
      if (place) actions.move(place);
    },
  });

  return (
    <>
      <PageHeader
        view={view}
        title={title}
        search={selection.search}
        onSearch={(text) => change({ search: text })}
        onEnter={searchNow}
      />
      {view.kind !== 'completed' && <QuickAdd defaults={defaultsOf(view)} />}
      <FilterBar view={view} selection={selection} onChange={change} />
      <TaskList
        list={list}
        canMove={canMove}
        isInList={view.kind === 'list'}
        empty={<EmptyState view={view} isNarrowed={isNarrowed(narrowed)} />}
      />
      <SelectionBar isDone={narrowed.status === 'completed'} />
    </>
  );
}

function defaultsOf(view: View): Omit<CreateTaskInput, 'title'> {
  switch (view.kind) {
    case 'list':
      return { listId: view.id };
    case 'tag':
      return { tagIds: [view.id] };
    case 'today':
    case 'upcoming':
      return { dueDate: localDay() };
    default:
      return {};
  }
}
