import { useEffect, useRef } from 'react';

/** Whatever takes the component away, such as a list that its task no longer belongs to: what was written stays. */
export function useOnLeave(save: () => void): void {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => () => latest.current(), []);
}
