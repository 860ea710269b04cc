import { useEffect, useRef, useState } from 'react';
import { followTasks, type TaskFeedOptions } from './task-feed.ts';

export type LiveState = 'connecting' | 'live' | 'ended';

/**
 * Keeps the cache live as long as the component is there: what another tab or device does shows without being asked for.
 * Call it once, near the root. Take it with task-feed.ts.
 */
export function useLiveTasks(options: TaskFeedOptions): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const latest = useRef(options);
  latest.current = options;
  const { client, tokens, position } = options;
  const network = useNetworkChanges();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a network that is back is no reason to wait for the next attempt
  useEffect(
    () =>
      followTasks({
        client,
        tokens,
        position,
        onChange: () => latest.current.onChange(),
        onCaughtUp() {
          setState('live');
          latest.current.onCaughtUp();
        },
        onFailure(error) {
          setState('ended');
          latest.current.onFailure(error);
        },
      }),
    [client, tokens, position, network],
  );
  return state;
}

/** How often the network has come back. */
function useNetworkChanges(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const onOnline = () => setCount((before) => before + 1);
    window.addEventListener('online', onOnline);
    return () => window.removeEventListener('online', onOnline);
  }, []);
  return count;
}
