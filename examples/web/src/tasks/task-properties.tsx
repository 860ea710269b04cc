import type { TaskFieldsFragment, TaskPriority, UpdateTaskInput } from '../generated/graphql.ts';
import { useLabels } from '../labels/use-labels.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { DueProperty } from './due-property.tsx';
import { PRIORITIES } from './priority.ts';
import { colorOf } from './task-meta.tsx';
import { useTaskActions } from './use-task-actions.ts';

/** Due date, recurrence, priority, list and tags of a task: each is saved as it is chosen. */
export function TaskProperties({ task }: { readonly task: TaskFieldsFragment }) {
  const actions = useTaskActions();
  const { lists, tags } = useLabels();
  const update = (input: UpdateTaskInput) => actions.update(task.id, input);
  const has = (id: string) => task.tags.some((tag) => tag.id === id);

  return (
    <div className="properties">
      <DueProperty task={task} onChange={update} />
      <label className="property" data-set={task.priority !== 'NONE' || undefined}>
        <Icon name="flag" />
        <select
          aria-label="Priority"
          value={task.priority}
          onChange={({ target }) => update({ priority: target.value as TaskPriority })}
        >
          {PRIORITIES.map(([value, name]) => (
            <option key={value} value={value}>
              {value === 'NONE' ? 'Priority' : name}
            </option>
          ))}
        </select>
      </label>
      <label className="property" data-set={task.list !== null || undefined}>
        <Icon name="inbox" />
        <select
          aria-label="List"
          value={task.list?.id ?? ''}
          onChange={({ target }) => update({ listId: target.value || null })}
        >
          <option value="">No list</option>
          {lists.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {tags.length > 0 && (
        <Menu
          className="property"
          isActive={task.tags.length > 0}
          label={
            <>
              <Icon name="tag" />
              {task.tags.map(({ name }) => name).join(', ') || 'Tags'}
            </>
          }
        >
          {tags.map(({ id, name, color }) => (
            <label key={id} className="menu-item">
              <input
                type="checkbox"
                checked={has(id)}
                onChange={() => update(has(id) ? { removeTags: [id] } : { addTags: [id] })}
              />
              <span className="dot" style={colorOf(color)} />
              {name}
            </label>
          ))}
        </Menu>
      )}
    </div>
  );
}
