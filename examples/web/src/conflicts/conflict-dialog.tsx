import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { TaskDocument, type TaskFieldsFragment, type UpdateTaskInput } from '../generated/graphql.ts';
import { Dialog } from '../ui/dialog.tsx';
import { useStore } from '../ui/store.ts';
import { useWorkspace } from '../workspace/workspace-context.tsx';
import { type Conflict, conflicts } from './refusals.ts';

/** The oldest conflict that nobody has decided yet, if there is one; a button once it was put off. */
export function ConflictDialog() {
  const open = useStore(conflicts);
  const [putOff, setPutOff] = useState<Conflict>();
  const [conflict] = open;
  if (!conflict) return null;
  if (conflict === putOff) {
    return (
      <button className="connection" type="button" onClick={() => setPutOff(undefined)}>
        {open.length === 1 ? '1 question waits' : `${open.length} questions wait`}
      </button>
    );
  }
  return (
    <Decision key={`${conflict.taskId} ${conflict.version}`} conflict={conflict} onPutOff={() => setPutOff(conflict)} />
  );
}

const FIELDS: Partial<Record<keyof UpdateTaskInput, string>> = {
  title: 'Title',
  description: 'Notes',
  dueDate: 'Due date',
  dueAt: 'Due',
  priority: 'Priority',
  completed: 'Completed',
};

interface DecisionProps {
  readonly conflict: Conflict;
  readonly onPutOff: () => void;
}

function Decision({ conflict: { taskId, mine, theirs, version }, onPutOff }: DecisionProps) {
  const { commander } = useWorkspace();
  const { data } = useQuery(TaskDocument, {
    variables: { id: taskId },
    fetchPolicy: 'network-only',
    skip: theirs !== undefined,
  });
  const task = theirs ?? data?.task;
  const settle = () => conflicts.set(conflicts.get().slice(1));

  function keepMine(): void {
    const expectedVersion = Math.max(task?.version ?? version, version);
    void commander.perform({ id: crypto.randomUUID(), update: { id: taskId, input: mine, expectedVersion } });
    settle();
  }

  return (
    <Dialog title="Changed in two places" onClose={onPutOff}>
      <p className="dialog-note">
        While you were writing, this task was changed on another device. Which one should stay?
      </p>
      <div className="conflict">
        {Object.entries(mine).map(([field, value]) => (
          <div key={field} className="conflict-field">
            <h3>{FIELDS[field as keyof UpdateTaskInput] ?? field}</h3>
            <Version name="Yours" value={value} />
            <Version name="Theirs" value={task ? task[field as keyof TaskFieldsFragment] : '…'} />
          </div>
        ))}
      </div>
      <div className="dialog-foot">
        <button className="button button-quiet" type="button" onClick={settle}>
          Take theirs
        </button>
        <button className="button button-primary" type="button" onClick={keepMine}>
          Keep mine
        </button>
      </div>
    </Dialog>
  );
}

function Version({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <div className="conflict-version">
      <span>{name}</span>
      <p>{value === null || value === undefined || value === '' ? '—' : String(value)}</p>
    </div>
  );
}
