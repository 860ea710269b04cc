import { dueDay } from '../apollo/due-day.ts';
import type { RecurrenceBasis, TaskFieldsFragment, UpdateTaskInput } from '../generated/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { TIME_ZONE } from '../views/time-zone.ts';
import { DueField } from './due-field.tsx';
import { RECURRENCES } from './recurrence.ts';

interface DuePropertyProps {
  readonly task: TaskFieldsFragment;
  readonly onChange: (input: UpdateTaskInput) => void;
}

/** A day, or a moment of it; what recurs needs one of the two. */
export function DueProperty({ task, onChange }: DuePropertyProps) {
  const { recurrence, recurrenceBasis, dueAt } = task;
  const day = dueDay(task) ?? '';
  const time = dueAt === null ? '' : timeOf(new Date(dueAt));

  function setDue(newDay: string, newTime: string): void {
    if (newDay === '') onChange({ dueDate: null, dueAt: null, ...(recurrence ? { recurrence: null } : {}) });
    else if (newTime === '') onChange({ dueDate: newDay });
    else onChange({ dueAt: new Date(`${newDay}T${newTime}`).toISOString(), dueTimeZone: TIME_ZONE });
  }

  return (
    <>
      <DueField type="date" icon="calendar" word="Due date" value={day} onSave={(newDay) => setDue(newDay, time)} />
      {day !== '' && (
        <DueField type="time" icon="upcoming" word="Time" value={time} onSave={(newTime) => setDue(day, newTime)} />
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
      {recurrence !== null && (
        <label className="property" data-set={recurrenceBasis === 'COMPLETION' || undefined}>
          <Icon name="restore" />
          <select
            aria-label="Repeat from"
            value={recurrenceBasis}
            onChange={({ target }) => onChange({ recurrenceBasis: target.value as RecurrenceBasis })}
          >
            <option value="DUE">From the due date</option>
            <option value="COMPLETION">From completion</option>
          </select>
        </label>
      )}
    </>
  );
}

function timeOf(moment: Date): string {
  return [moment.getHours(), moment.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
