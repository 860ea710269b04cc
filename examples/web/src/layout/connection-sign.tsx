import { useSyncExternalStore } from 'react';
import { Icon } from '../ui/icon.tsx';

/** Says when the device is offline and how much waits to be sent; nothing as long as all is well. */
export function ConnectionSign({ waiting }: { readonly waiting: number }) {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  if (isOnline && waiting === 0) return null;
  const changes = waiting === 1 ? '1 change waits' : `${waiting} changes wait`;
  return (
    <p className="connection" role="status">
      <Icon name="offline" />
      {isOnline ? changes : waiting > 0 ? `Offline, ${changes}` : 'Offline'}
    </p>
  );
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}
