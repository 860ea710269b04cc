import { Icon } from '../ui/icon.tsx';
import { useOnline } from '../ui/use-online.ts';

/** Says when the device is offline and how much waits to be sent; nothing as long as all is well. */
export function ConnectionSign({ waiting }: { readonly waiting: number }) {
  const isOnline = useOnline();
  if (isOnline && waiting === 0) return null;
  const changes = waiting === 1 ? '1 change waits' : `${waiting} changes wait`;
  return (
    <p className="connection" role="status">
      <Icon name="offline" />
      {isOnline ? changes : waiting > 0 ? `Offline, ${changes}` : 'Offline'}
    </p>
  );
}
