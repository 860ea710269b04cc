import { useEffect, useState } from 'react';
import { createUserStore, useStore } from './store.ts';

interface Toast {
  readonly id: string;
  readonly text: string;
  /** what else can be done about it, such as taking it back */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

/** milliseconds that one is shown */
const DURATION = 6_000;

const shown = createUserStore<readonly Toast[]>([]);

/** At most two at once: a third pushes the oldest out. */
export function showToast(text: string, action?: Toast['action']): void {
  shown.set([...shown.get().slice(-1), { id: crypto.randomUUID(), text, action }]);
}

function hideToast(id: string): void {
  shown.set(shown.get().filter((toast) => toast.id !== id));
}

/** Told to assistive technology as they come, without taking the focus. */
export function Toasts() {
  const toasts = useStore(shown);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast: { id, text, action } }: { readonly toast: Toast }) {
  const [isHeld, setHeld] = useState(false);
  const hold = () => setHeld(true);
  const letGo = () => setHeld(false);

  useEffect(() => {
    // It does not go from under a pointer, or with the focus.
    if (isHeld) return;
    const timer = setTimeout(() => hideToast(id), DURATION);
    return () => clearTimeout(timer);
  }, [id, isHeld]);

  function run(): void {
    hideToast(id);
    action?.run();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only waits, and is none itself
    <div className="toast" onPointerEnter={hold} onPointerLeave={letGo} onFocus={hold} onBlur={letGo}>
      <span>{text}</span>
      {action && (
        <button type="button" onClick={run}>
          {action.label}
        </button>
      )}
    </div>
  );
}
