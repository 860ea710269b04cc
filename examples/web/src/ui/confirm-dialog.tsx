import { Dialog } from './dialog.tsx';

interface ConfirmDialogProps {
  /** the question */
  readonly title: string;
  /** what will be lost */
  readonly note: string;
  readonly onCancel: () => void;
  readonly onDelete: () => void;
}

/** Asks before what cannot be undone. Cancel comes first, so that it has the focus. */
export function ConfirmDialog({ title, note, onCancel, onDelete }: ConfirmDialogProps) {
  return (
    <Dialog title={title} onClose={onCancel}>
      <p className="dialog-note">{note}</p>
      <div className="dialog-foot">
        <button className="button button-quiet" type="button" onClick={onCancel}>
          Cancel
        </button>
        <button className="button button-danger" type="button" onClick={onDelete}>
          Delete
        </button>
      </div>
    </Dialog>
  );
}
