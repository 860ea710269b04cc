import { dueDay } from '../apollo/due-day.ts';
import type { TaskFieldsFragment, UpdateTaskInput } from '../generated/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { TIME_ZONE } from '../views/time-zone.ts';
import { RECURRENCES } from './recurrence.ts';

interface DuePropertyProps {
  readonly task: TaskFieldsFragment;
  readonly onChange: (input: UpdateTaskInput) => void;
}

/** A day, or a moment of it; what recurs needs one of the two. */
export function DueProperty({ task, onChange }: DuePropertyProps) {
  const { recurrence, dueAt } = task;
  const day = dueDay(task) ?? '';
  const time = dueAt === null ? '' : timeOf(new Date(dueAt));

  function setDue(newDay: string, newTime: string): void {
    if (newDay === '') onChange({ dueDate: null, dueAt: null, ...(recurrence ? { recurrence: null } : {}) });
    else if (newTime === '') onChange({ dueDate: newDay });
    else onChange({ dueAt: new Date(`${newDay}T${newTime}`).toISOString(), dueTimeZone: TIME_ZONE });
  }

  return (
    <>
      <label className="property property-date" data-set={day !== '' || undefined}>
        <Icon name="calendar" />
        <span>Due date</span>
        <input type="date" aria-label="Due date" value={day} onChange={({ target }) => setDue(target.value, time)} />
      </label>
      {day !== '' && (
        <label className="property property-date" data-set={time !== '' || undefined}>
          <Icon name="upcoming" />
          <span>Time</span>
          <input type="time" aria-label="Due time" value={time} onChange={({ target }) => setDue(day, target.value)} />
        </label>
      )}
      {day !== '' && (
        <label className="property" data-set={recurrence !== null || undefined}>
          <Icon name="repeat" />
          <select
            aria-label="Repeat"
            value={recurrence ?? ''}
            onChange={({ target }) => onChange({ recurrence: target.value || null })}
          >
            <option value="">Once</option>
            {RECURRENCES.map(([rule, name]) => (
              <option key={rule} value={rule}>
                {name}
              </option>
            ))}
            {recurrence && !RECURRENCES.some(([rule]) => rule === recurrence) && (
              <option value={recurrence}>Custom</option>
            )}
          </select>
        </label>
      )}
    </>
  );
}

function timeOf(moment: Date): string {
  return [moment.getHours(), moment.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
