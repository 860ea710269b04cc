import { type FormEvent, useState } from 'react';
import { colorOf } from '../tasks/task-meta.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { goTo } from '../views/view.ts';
import { useWorkspace } from '../workspace/workspace-context.tsx';
import { deleteLabel, type LabelKind, saveLabel } from './label-actions.ts';
import type { ListLabel, TagLabel } from './use-labels.ts';

interface LabelDialogProps {
  readonly kind: LabelKind;
  /** the one to change; a new one without */
  readonly label: ListLabel | TagLabel | undefined;
  readonly onClose: () => void;
}

const COLORS: readonly (readonly [string, string])[] = [
  ['#d6455d', 'Red'],
  ['#d9772b', 'Orange'],
  ['#c79a1e', 'Yellow'],
  ['#3a9a5b', 'Green'],
  ['#1f94a6', 'Teal'],
  ['#3b6fd8', 'Blue'],
  ['#7c5bd9', 'Violet'],
  ['#c2509f', 'Pink'],
];

export function LabelDialog({ kind, label, onClose }: LabelDialogProps) {
  const { client } = useWorkspace();
  const [name, setName] = useState(label?.name ?? '');
  const [color, setColor] = useState<string | null>(label?.color ?? COLORS[5]?.[0] ?? null);
  const [fault, setFault] = useState<string>();
  const [isDoomed, setDoomed] = useState(false);

  async function save(): Promise<void> {
    const reason = await saveLabel(client, kind, { name: name.trim(), color }, label?.id);
    setFault(reason);
    if (reason === undefined) onClose();
  }

  async function remove(id: string): Promise<void> {
    const reason = await deleteLabel(client, kind, id);
    setFault(reason);
    setDoomed(false);
    if (reason !== undefined) return;
    onClose();
    goTo({ kind: 'all' });
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    void save();
  }

  if (label && isDoomed) {
    return (
      <ConfirmDialog
        title={`Delete ${kind} “${label.name}”?`}
        note={`Its tasks stay, without the ${kind}. This cannot be undone.`}
        onCancel={() => setDoomed(false)}
        onDelete={() => void remove(label.id)}
      />
    );
  }
  return (
    <Dialog title={`${label ? 'Edit' : 'New'} ${kind}`} onClose={onClose}>
      <form onSubmit={onSubmit}>
        <label className="field">
          <span>Name</span>
          <input required maxLength={64} value={name} onChange={({ target }) => setName(target.value)} />
        </label>
        <fieldset className="swatches">
          <legend>Colour</legend>
          {COLORS.map(([value, title]) => (
            <input
              key={value}
              type="radio"
              name="color"
              aria-label={title}
              title={title}
              style={colorOf(value)}
              checked={color === value}
              onChange={() => setColor(value)}
            />
          ))}
        </fieldset>
        <p className="form-fault" role="alert">
          {fault}
        </p>
        <div className="dialog-foot">
          {label && (
            <button className="button button-quiet button-danger" type="button" onClick={() => setDoomed(true)}>
              Delete
            </button>
          )}
          <span className="filters-space" />
          <button className="button button-quiet" type="button" onClick={onClose}>
            Cancel
          </button>
          <button className="button button-primary" type="submit">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
