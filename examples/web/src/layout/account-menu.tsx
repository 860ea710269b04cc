import { closeSession } from '../auth/session.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { toggleTheme } from '../ui/theme.ts';
import { showToast } from '../ui/toasts.tsx';
import { useWorkspace } from '../workspace/workspace-context.tsx';

export function AccountMenu({ showHelp }: { readonly showHelp: () => void }) {
  const { user, saved } = useWorkspace();

  async function signOut(): Promise<void> {
    try {
      await closeSession(user);
      await saved.forget();
    } catch {
      showToast('Signing out needs the server.');
    }
  }

  return (
    <div className="account">
      <Menu
        className="account-button"
        label={
          <>
            <span className="avatar" aria-hidden="true">
              {user.name.slice(0, 1).toUpperCase()}
            </span>
            <span className="account-name">{user.name}</span>
          </>
        }
      >
        <p className="menu-note">{user.email}</p>
        <button className="menu-item" type="button" onClick={toggleTheme}>
          <Icon name="moon" />
          Dark or light
        </button>
        <button className="menu-item" type="button" onClick={showHelp}>
          <Icon name="keyboard" />
          Keyboard shortcuts
        </button>
        <button className="menu-item" type="button" onClick={() => void signOut()}>
          <Icon name="signOut" />
          Sign out
        </button>
      </Menu>
    </div>
  );
}
