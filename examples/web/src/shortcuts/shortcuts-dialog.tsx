import { useEffect, useId, useRef } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { useStore } from '../ui/store.ts';
import { SHORTCUTS } from './shortcuts.ts';
import { singleKeys, toggleSingleKeys } from './single-keys.ts';

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const areOn = useStore(singleKeys);
  const closeButton = useRef<HTMLButtonElement>(null);
  const noteId = useId();

  useEffect(() => {
    // Not the checkbox, which the next key of somebody who did not mean the first would change.
    closeButton.current?.focus();
  }, []);

  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="shortcuts">
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="dialog-note">
        To drag without a pointer: focus a grip, then Space, the arrow keys and Space again.
      </p>
      <label className="dialog-check">
        <input type="checkbox" checked={areOn} aria-describedby={noteId} onChange={toggleSingleKeys} />
        Single-key shortcuts
      </label>
      <p id={noteId} className="dialog-note">
        Without them only Enter, Esc and keys with Alt do something. This help stays in the account menu.
      </p>
      <div className="dialog-foot">
        <button ref={closeButton} className="button button-primary" type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
