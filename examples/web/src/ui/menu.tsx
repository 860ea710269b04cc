import { type ReactNode, useId, useRef } from 'react';

interface MenuProps {
  /** what the button shows */
  readonly label: ReactNode;
  /** its name, where the label is no text */
  readonly name?: string;
  readonly className?: string;
  readonly isActive?: boolean;
  readonly children: ReactNode;
}

/** pixels between the button and what it opens, and from the edges of the window */
const GAP = 6;

/**
 * A button that opens a small panel beside it. The browser's popover does the rest: the top layer, Escape, a click
 * elsewhere, and the focus that comes back.
 */
export function Menu({ label, name, className = 'chip', isActive = false, children }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);

  function place(): void {
    const anchor = button.current?.getBoundingClientRect();
    const element = panel.current;
    if (!anchor || !element) return;
    const { width, height } = element.getBoundingClientRect();
    const below = anchor.bottom + GAP;
    const fits = below + height + GAP <= window.innerHeight;
    const left = Math.max(GAP, Math.min(anchor.left, window.innerWidth - width - GAP));
    element.style.left = `${left}px`;
    element.style.top = `${fits ? below : Math.max(GAP, anchor.top - GAP - height)}px`;
  }

  return (
    <>
      <button
        ref={button}
        className={className}
        type="button"
        data-active={isActive || undefined}
        aria-label={name}
        popoverTarget={id}
      >
        {label}
      </button>
      <div ref={panel} id={id} className="menu" popover="auto" onToggle={place}>
        {children}
      </div>
    </>
  );
}
