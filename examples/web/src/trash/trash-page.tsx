import { useState } from 'react';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { ListSkeleton } from '../tasks/list-skeleton.tsx';
import { useTaskActions } from '../tasks/use-task-actions.ts';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { PageHeader } from '../views/page-header.tsx';
import { useTrash } from './use-trash.ts';

const WHEN = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** Deleted tasks, to be brought back or to be gone for good. */
export function TrashPage({ showHelp }: { readonly showHelp: () => void }) {
  useShortcuts({ ...useTaskActions(), tasks: [], showHelp });
  const { tasks, error, hasMore, loadMore, restore, purge } = useTrash();
  const [doomed, setDoomed] = useState<{ readonly id: string; readonly title: string }>();
  return (
    <>
      <PageHeader view={{ kind: 'trash' }} title="Trash" />
      {tasks === undefined && (error ? <p className="notice">The trash could not be read.</p> : <ListSkeleton />)}
      {tasks?.length === 0 && (
        <div className="empty">
          <span className="empty-icon">
            <Icon name="trash" />
          </span>
          <h2>The trash is empty</h2>
          <p>Deleted tasks wait here until you want them back.</p>
        </div>
      )}
      <ul className="tasks">
        {tasks?.map(({ id, title, deletedAt }) => (
          <li key={id} className="task-item">
            <div className="task task-deleted">
              <div className="task-body">
                <span className="task-title">{title}</span>
                {deletedAt && <div className="task-meta">Deleted {WHEN.format(new Date(deletedAt))}</div>}
              </div>
              <button
                className="button button-quiet"
                type="button"
                aria-label={`Restore ${title}`}
                onClick={() => void restore(id)}
              >
                <Icon name="restore" />
                Restore
              </button>
              <button
                className="icon-button"
                type="button"
                aria-label={`Delete ${title} for good`}
                onClick={() => setDoomed({ id, title })}
              >
                <Icon name="close" />
              </button>
            </div>
          </li>
        ))}
      </ul>
      {hasMore && (
        <button className="button button-plain load-more" type="button" onClick={loadMore}>
          Load more
        </button>
      )}
      {doomed && (
        <ConfirmDialog
          title={`Delete “${doomed.title}” for good?`}
          note="Its subtasks and its history go with it. This cannot be undone."
          onCancel={() => setDoomed(undefined)}
          onDelete={() => {
            setDoomed(undefined);
            void purge(doomed.id);
          }}
        />
      )}
    </>
  );
}
