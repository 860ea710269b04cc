import { useEffect } from 'react';
import type { UpdateTaskInput } from '../generated/graphql.ts';
import { useLabels } from '../labels/use-labels.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { PRIORITIES } from './priority.ts';
import { stopSelecting, useSelectedTasks } from './selected-tasks.ts';
import { colorOf } from './task-meta.tsx';
import { useTaskActions } from './use-task-actions.ts';

interface SelectionBarProps {
  /** in a view of completed tasks, which can be opened again */
  readonly isDone: boolean;
}

/** What can be done to the selected tasks: each is one request, one toast and one undo. */
export function SelectionBar({ isDone }: SelectionBarProps) {
  const selected = useSelectedTasks();
  const actions = useTaskActions();
  const { lists, tags } = useLabels();
  useEffect(() => stopSelecting, []);
  if (!selected) return null;

  const ids = [...selected];
  const isEmpty = ids.length === 0;
  const set = (input: UpdateTaskInput, does: string) => actions.updateAll(ids, input, does);

  return (
    <div className="selection-bar" role="toolbar" aria-label="Selected tasks" data-empty={isEmpty || undefined}>
      <p role="status">{isEmpty ? 'Choose tasks' : `${ids.length} selected`}</p>
      <fieldset disabled={isEmpty}>
        <legend className="visually-hidden">Do with all of them</legend>
        <button
          className="chip"
          type="button"
          onClick={() => set({ completed: !isDone }, isDone ? 'open again' : 'completed')}
        >
          <Icon name="check" />
          <span>{isDone ? 'Reopen' : 'Complete'}</span>
        </button>
        <Menu label={<Chip icon="inbox" text="List" />} name="Move to a list">
          <Choice name="No list" onChoose={() => set({ listId: null }, 'moved')} />
          {lists.map(({ id, name, color }) => (
            <Choice key={id} name={name} color={color} onChoose={() => set({ listId: id }, `moved to ${name}`)} />
          ))}
        </Menu>
        {tags.length > 0 && (
          <Menu label={<Chip icon="tag" text="Tag" />} name="Add a tag">
            {tags.map(({ id, name, color }) => (
              <Choice key={id} name={name} color={color} onChoose={() => set({ addTags: [id] }, `tagged ${name}`)} />
            ))}
          </Menu>
        )}
        <Menu label={<Chip icon="flag" text="Priority" />} name="Give a priority">
          {PRIORITIES.map(([value, name]) => (
            <Choice key={value} name={name} onChoose={() => set({ priority: value }, 'given another priority')} />
          ))}
        </Menu>
        <button className="chip" type="button" onClick={() => actions.removeAll(ids)}>
          <Icon name="trash" />
          <span>Delete</span>
        </button>
      </fieldset>
      <button className="icon-button" type="button" aria-label="Stop selecting" onClick={stopSelecting}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function Chip({ icon, text }: { readonly icon: Parameters<typeof Icon>[0]['name']; readonly text: string }) {
  return (
    <>
      <Icon name={icon} />
      <span>{text}</span>
    </>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly color?: string | null;
  readonly onChoose: () => void;
}

function Choice({ name, color, onChoose }: ChoiceProps) {
  return (
    <button className="menu-item" type="button" onClick={onChoose}>
      {color !== undefined && <span className="dot" style={colorOf(color)} />}
      {name}
    </button>
  );
}
