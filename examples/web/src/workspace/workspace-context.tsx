import { ApolloProvider } from '@apollo/client/react';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { User } from '../auth/session.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const WorkspaceContext = createContext<Workspace | undefined>(undefined);

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error('useWorkspace needs a WorkspaceProvider around it');
  return workspace;
}

interface ProviderProps {
  readonly user: User;
  /** until what is on the device is read */
  readonly fallback: ReactNode;
  readonly children: ReactNode;
}

/** Give it the user's id as its `key`: another user gets a workspace of their own. */
export function WorkspaceProvider({ user, fallback, children }: ProviderProps) {
  const [workspace] = useState(() => createWorkspace(user));
  const [isRestored, setRestored] = useState(false);

  useEffect(() => {
    void workspace.saved.restore().then(() => setRestored(true));
    return () => workspace.saved.stop();
  }, [workspace]);

  if (!isRestored) return fallback;
  return (
    <WorkspaceContext value={workspace}>
      <ApolloProvider client={workspace.client}>{children}</ApolloProvider>
    </WorkspaceContext>
  );
}
