import { useEffect } from 'react';
import { followOtherTabs, openSession, session } from './auth/session.ts';
import { SignInPage } from './auth/sign-in-page.tsx';
import { Shell } from './layout/shell.tsx';
import { useStore } from './ui/store.ts';
import { WorkspaceProvider } from './workspace/workspace-context.tsx';

/** Who is signed in decides what is shown. */
export function App() {
  const user = useStore(session);
  useEffect(() => {
    void openSession();
    return followOtherTabs();
  }, []);

  if (user === undefined) return <Opening />;
  if (user === null) return <SignInPage />;
  return (
    <WorkspaceProvider key={user.id} user={user} fallback={<Opening />}>
      <Shell />
    </WorkspaceProvider>
  );
}

/** For the moment until it is known who is there. */
function Opening() {
  return <div className="opening" role="status" aria-label="Opening" />;
}
