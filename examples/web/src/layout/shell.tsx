import { useState } from 'react';
import { endOf } from '../apollo/live-links.ts';
import { useLiveTasks } from '../apollo/use-live-tasks.ts';
import { useOfflineQueue } from '../apollo/use-offline-queue.ts';
import { expireSession } from '../auth/session.ts';
import { ConflictDialog } from '../conflicts/conflict-dialog.tsx';
import { ShortcutsDialog } from '../shortcuts/shortcuts-dialog.tsx';
import { TrashPage } from '../trash/trash-page.tsx';
import { Icon } from '../ui/icon.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { useNewDay } from '../ui/today.ts';
import { TasksPage } from '../views/tasks-page.tsx';
import { hashOf, useView } from '../views/view.ts';
import { useTimeZone } from '../workspace/use-time-zone.ts';
import { useUnsent } from '../workspace/use-unsent.ts';
import { useWorkspace } from '../workspace/workspace-context.tsx';
import { ConnectionSign } from './connection-sign.tsx';
import { Sidebar } from './sidebar.tsx';

const SIDEBAR = 'sidebar';

/** The page of who is signed in: views on the left, tasks on the right, live and offline underneath. */
export function Shell() {
  const { user, tokens, client, saved, queue, commander, lists } = useWorkspace();
  const view = useView();
  const [isHelpShown, setHelpShown] = useState(false);
  const waiting = useOfflineQueue(queue);
  const refresh = () => lists.request();
  useLiveTasks({
    client,
    tokens,
    position: saved,
    onChange: refresh,
    onLabels: () => lists.requestLabels(),
    onCaughtUp: refresh,
    onFailure: (error) => endOf(error) === 'final' && expireSession(user),
  });
  useTimeZone();
  useNewDay(refresh);
  useUnsent(commander);
  const showHelp = () => setHelpShown(true);

  return (
    <div className="shell">
      <Sidebar id={SIDEBAR} showHelp={showHelp} />
      <main className="page">
        <div className="page-bar">
          <button className="icon-button menu-button" type="button" aria-label="Views" popoverTarget={SIDEBAR}>
            <Icon name="menu" />
          </button>
          <ConnectionSign waiting={waiting} />
          <ConflictDialog />
        </div>
        {view.kind === 'trash' ? (
          <TrashPage showHelp={showHelp} />
        ) : (
          <TasksPage key={hashOf(view)} view={view} showHelp={showHelp} />
        )}
      </main>
      {isHelpShown && <ShortcutsDialog onClose={() => setHelpShown(false)} />}
      <Toasts />
    </div>
  );
}
