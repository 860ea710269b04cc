import { useEffect, useSyncExternalStore } from 'react';
import type { OfflineQueue } from './offline-queue.ts';

/** Sends what waits as long as the component is there, and answers how many commands do. Call it once, near the root. */
export function useOfflineQueue(queue: OfflineQueue): number {
  useEffect(() => queue.start(), [queue]);
  return useSyncExternalStore(queue.subscribe, queue.count);
}
