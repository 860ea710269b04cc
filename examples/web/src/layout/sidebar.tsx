import { useState } from 'react';
import type { LabelKind } from '../labels/label-actions.ts';
import { LabelDialog } from '../labels/label-dialog.tsx';
import { type ListLabel, type TagLabel, useOverview } from '../labels/use-labels.ts';
import { singleKeys } from '../shortcuts/single-keys.ts';
import { Icon } from '../ui/icon.tsx';
import { useStore } from '../ui/store.ts';
import { useView } from '../views/view.ts';
import { AccountMenu } from './account-menu.tsx';
import { LabelSection } from './label-section.tsx';
import { NavLink } from './nav-link.tsx';

interface Edited {
  readonly kind: LabelKind;
  readonly label: ListLabel | TagLabel | undefined;
}

interface SidebarProps {
  readonly id: string;
  readonly showHelp: () => void;
}

/** Beside the page on a desk; on a phone the browser's popover, which any of its links closes. */
export function Sidebar({ id, showHelp }: SidebarProps) {
  const overview = useOverview();
  const view = useView();
  const hasSingleKeys = useStore(singleKeys);
  const [edited, setEdited] = useState<Edited>();
  const isCurrent = (kind: string, labelId?: string) =>
    view.kind === kind && ('id' in view ? view.id : undefined) === labelId;

  return (
    <aside id={id} className="sidebar" popover="auto">
      <AccountMenu showHelp={showHelp} />
      <nav aria-label="Views">
        <ul>
          <NavLink
            view={{ kind: 'today' }}
            icon="sun"
            count={overview?.today.open}
            isUrgent={(overview?.overdue.open ?? 0) > 0}
            isCurrent={isCurrent('today')}
          >
            Today
          </NavLink>
          <NavLink view={{ kind: 'all' }} icon="inbox" count={overview?.all.open} isCurrent={isCurrent('all')}>
            All tasks
          </NavLink>
          <NavLink view={{ kind: 'upcoming' }} icon="upcoming" isCurrent={isCurrent('upcoming')}>
            Next 7 days
          </NavLink>
          <NavLink view={{ kind: 'completed' }} icon="done" isCurrent={isCurrent('completed')}>
            Completed
          </NavLink>
          <NavLink view={{ kind: 'trash' }} icon="trash" isCurrent={isCurrent('trash')}>
            Trash
          </NavLink>
        </ul>
        <LabelSection
          kind="list"
          title="Lists"
          labels={overview?.lists ?? []}
          isCurrent={(labelId) => isCurrent('list', labelId)}
          onEdit={(label) => setEdited({ kind: 'list', label })}
        />
        <LabelSection
          kind="tag"
          title="Tags"
          labels={overview?.tags ?? []}
          isCurrent={(labelId) => isCurrent('tag', labelId)}
          onEdit={(label) => setEdited({ kind: 'tag', label })}
        />
      </nav>
      <button className="sidebar-help" type="button" onClick={showHelp}>
        <Icon name="keyboard" />
        Shortcuts
        {hasSingleKeys && <kbd>?</kbd>}
      </button>
      {edited && <LabelDialog {...edited} onClose={() => setEdited(undefined)} />}
    </aside>
  );
}
