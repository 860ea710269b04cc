import { useEffect, useRef } from 'react';
import { localDay } from '../apollo/due-day.ts';
import { Store, useStore } from './store.ts';

/** milliseconds after which the calendar is looked at again */
const INTERVAL = 30_000;

const today = new Store(localDay());

/** Whoever shows days asks for it, so that they are told anew when a new one begins. */
export function useToday(): string {
  return useStore(today);
}

/** Turns the page of the calendar while the page is open. Call it once, near the root. */
export function useNewDay(onNewDay: () => void): void {
  const latest = useRef(onNewDay);
  latest.current = onNewDay;

  useEffect(() => {
    function look(): void {
      if (today.get() === localDay()) return;
      today.set(localDay());
      latest.current();
    }
    const timer = setInterval(look, INTERVAL);
    // A device that has slept, or a tab that was not seen, need not wait for the timer.
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
}
