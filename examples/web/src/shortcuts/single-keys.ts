import { Store } from '../ui/store.ts';

const KEY = 'single keys';

/** Whether they do anything. Who speaks to the device, or hits keys beside those that are meant, turns them off. */
export const singleKeys = new Store(localStorage.getItem(KEY) !== 'off');

/** What was chosen stays for the next time. */
export function toggleSingleKeys(): void {
  const isWanted = !singleKeys.get();
  if (isWanted) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, 'off');
  singleKeys.set(isWanted);
}
