import type { ReactNode } from 'react';
import { Icon, type IconName } from '../ui/icon.tsx';
import { hashOf, type View } from '../views/view.ts';

interface NavLinkProps {
  readonly view: View;
  readonly icon: IconName | ReactNode;
  /** open tasks; none is shown for 0 */
  readonly count?: number | undefined;
  readonly isUrgent?: boolean;
  readonly isCurrent: boolean;
  /** what else can be done with it */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

export function NavLink({ view, icon, count = 0, isUrgent = false, isCurrent, action, children }: NavLinkProps) {
  return (
    <li className="nav-item">
      <a className="nav-link" href={hashOf(view)} aria-current={isCurrent ? 'page' : undefined} onClick={closeSidebar}>
        {typeof icon === 'string' ? <Icon name={icon as IconName} /> : icon}
        <span className="nav-name">{children}</span>
        {count > 0 && (
          <span className="nav-count" data-urgent={isUrgent || undefined}>
            {count}
            <span className="visually-hidden"> open</span>
          </span>
        )}
      </a>
      {action}
    </li>
  );
}

function closeSidebar(event: { currentTarget: Element }): void {
  event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
}
