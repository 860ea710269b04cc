import { Dialog } from '../ui/dialog.tsx';
import { SHORTCUTS } from './shortcuts.ts';

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
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
      <div className="dialog-foot">
        <button className="button button-primary" type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
