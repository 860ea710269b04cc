import type { DueWindow, TaskPriority } from '../generated/graphql.ts';
import { useLabels } from '../labels/use-labels.ts';
import { PRIORITIES, priorityName } from '../tasks/priority.ts';
import { colorOf } from '../tasks/task-meta.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { CheckItem, RadioItems } from './menu-items.tsx';
import { initialSelection, isNarrowed, type Selection, type Sort } from './selection.ts';
import type { View } from './view.ts';

interface FilterBarProps {
  readonly view: View;
  readonly selection: Selection;
  readonly onChange: (change: Partial<Selection>) => void;
}

const WINDOWS: readonly (readonly [DueWindow, string])[] = [
  ['OVERDUE', 'Overdue'],
  ['TODAY', 'Today'],
  ['NEXT_7_DAYS', 'Next 7 days'],
];

const STATUSES: readonly (readonly [Selection['status'], string])[] = [
  ['open', 'Open'],
  ['completed', 'Completed'],
  ['all', 'Open and completed'],
];

const SORTS: readonly (readonly [Sort, string])[] = [
  ['manual', 'My order'],
  ['due', 'Due date'],
  ['priority', 'Priority'],
  ['newest', 'Newest first'],
  ['title', 'Title'],
];

const nameIn = <Value,>(options: readonly (readonly [Value, string])[], value: Value) =>
  options.find(([option]) => option === value)?.[1];

/** What of the view is shown, and in which order. */
export function FilterBar({ view, selection, onChange }: FilterBarProps) {
  const { tags } = useLabels();
  const { priorities, tagIds, due, status, sort } = selection;
  const toggle = <Value,>(values: readonly Value[], value: Value) =>
    values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  const tagNames = tags.filter(({ id }) => tagIds.includes(id)).map(({ name }) => name);

  return (
    <div className="filters">
      <Menu
        label={<Chip icon="filter" text={nameIn(STATUSES, status)} />}
        isActive={status !== initialSelection(view).status}
      >
        <RadioItems name="status" options={STATUSES} value={status} onChange={(value) => onChange({ status: value })} />
      </Menu>
      <Menu label={<Chip icon="calendar" text={due ? nameIn(WINDOWS, due) : 'Due'} />} isActive={due !== undefined}>
        <RadioItems
          name="due"
          options={[[undefined, 'Any time'], ...WINDOWS]}
          value={due}
          onChange={(value) => onChange({ due: value })}
        />
      </Menu>
      <Menu
        label={<Chip icon="flag" text={priorities.map(priorityName).join(', ') || 'Priority'} />}
        isActive={priorities.length > 0}
      >
        {PRIORITIES.map(([value, name]) => (
          <CheckItem
            key={value}
            label={name}
            isChecked={priorities.includes(value)}
            onChange={() => onChange({ priorities: toggle<TaskPriority>(priorities, value) })}
          />
        ))}
      </Menu>
      {tags.length > 0 && (
        <Menu label={<Chip icon="tag" text={tagNames.join(', ') || 'Tags'} />} isActive={tagIds.length > 0}>
          {tags.map(({ id, name, color }) => (
            <CheckItem
              key={id}
              label={name}
              dot={colorOf(color)}
              isChecked={tagIds.includes(id)}
              onChange={() => onChange({ tagIds: toggle(tagIds, id) })}
            />
          ))}
        </Menu>
      )}
      {isNarrowed(selection) && (
        <button className="chip" type="button" onClick={() => onChange({ ...initialSelection(view), sort })}>
          <Chip icon="close" text="Clear" />
        </button>
      )}
      <span className="filters-space" />
      <Menu label={<Chip icon="sort" text={nameIn(SORTS, sort)} />}>
        <RadioItems name="sort" options={SORTS} value={sort} onChange={(value) => onChange({ sort: value })} />
      </Menu>
    </div>
  );
}

function Chip({
  icon,
  text,
}: {
  readonly icon: Parameters<typeof Icon>[0]['name'];
  readonly text: string | undefined;
}) {
  return (
    <>
      <Icon name={icon} />
      <span>{text}</span>
    </>
  );
}
