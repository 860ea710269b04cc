import { useEffect } from 'react';
import { conflicts } from '../conflicts/refusals.ts';
import type { Commander } from './commander.ts';

/**
 * Has the browser ask before the page is left while changes are on their way, of which those behind the first are nowhere
 * else, or while the user has yet to decide about one that was refused.
 */
export function useUnsent(commander: Commander): void {
  useEffect(() => {
    function onLeave(event: Event): void {
      if (commander.isBusy || conflicts.get().length > 0) event.preventDefault();
    }
    window.addEventListener('beforeunload', onLeave);
    return () => window.removeEventListener('beforeunload', onLeave);
  }, [commander]);
}
