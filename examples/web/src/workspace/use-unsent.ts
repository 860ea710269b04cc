import { useEffect } from 'react';
import type { Commander } from './commander.ts';

/** Has the browser ask before the page is left while changes are on their way: those behind the first are nowhere else. */
export function useUnsent(commander: Commander): void {
  useEffect(() => {
    const onLeave = (event: Event) => commander.isBusy && event.preventDefault();
    window.addEventListener('beforeunload', onLeave);
    return () => window.removeEventListener('beforeunload', onLeave);
  }, [commander]);
}
