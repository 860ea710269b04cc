import { useMutation } from '@apollo/client/react';
import { useEffect } from 'react';
import { UpdateViewerDocument } from '../generated/graphql.ts';
import { useOverview } from '../labels/use-labels.ts';

/** Tells the server where the user is, whose day "today" is there: what it counts is then what the page shows. */
export function useTimeZone(): void {
  const overview = useOverview();
  const [updateViewer] = useMutation(UpdateViewerDocument, { refetchQueries: ['Overview'] });
  const known = overview?.viewer.timeZone;

  useEffect(() => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (known === undefined || known === timeZone) return;
    // Without it the counts are those of UTC; it is told the next time.
    updateViewer({ variables: { input: { timeZone } } }).catch(() => undefined);
  }, [known, updateViewer]);
}
