import { useMutation } from '@apollo/client/react';
import { useEffect } from 'react';
import { UpdateViewerDocument } from '../generated/graphql.ts';
import { useOverview } from '../labels/use-labels.ts';
import { TIME_ZONE } from '../views/time-zone.ts';

/** Tells the server where the user is, for clients that ask for what is due without saying where. */
export function useTimeZone(): void {
  const overview = useOverview();
  const [updateViewer] = useMutation(UpdateViewerDocument);
  const known = overview?.viewer.timeZone;

  useEffect(() => {
    if (known === undefined || known === TIME_ZONE) return;
    // Other clients would count in UTC; it is told the next time.
    updateViewer({ variables: { input: { timeZone: TIME_ZONE } } }).catch(() => undefined);
  }, [known, updateViewer]);
}
