import { useQuery } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { problemOf } from '../apollo/problem.ts';
import { type TaskFieldsFragment, TaskHistoryDocument } from '../generated/graphql.ts';
import { useLabels } from '../labels/use-labels.ts';
import { Icon } from '../ui/icon.tsx';
import { showToast } from '../ui/toasts.tsx';
import { dueLabel } from './due-label.ts';
import { wordsOf } from './history-words.ts';

const PAGE = 20;
const WHEN = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });

/** What became of a task, the latest first. It is read when it is opened. */
export function TaskHistory({ task }: { readonly task: TaskFieldsFragment }) {
  const [isShown, setShown] = useState(false);
  return (
    <details className="history" onToggle={({ currentTarget }) => setShown(currentTarget.open)}>
      <summary>
        <Icon name="chevron" />
        History
      </summary>
      {isShown && <Entries task={task} />}
    </details>
  );
}

function Entries({ task: { id, recurrence, createdAt } }: { readonly task: TaskFieldsFragment }) {
  const labels = useLabels();
  const { data, error, fetchMore } = useQuery(TaskHistoryDocument, {
    variables: { id, first: PAGE, isRecurring: recurrence !== null },
    // Not in the cache: it grows with every change, and nothing else shows it.
    fetchPolicy: 'no-cache',
  });
  const element = useRef<HTMLDivElement>(null);
  const isThere = data !== undefined;
  useEffect(() => {
    if (isThere) element.current?.closest('.card')?.scrollIntoView({ block: 'nearest' });
  }, [isThere]);
  const { nodes = [], pageInfo } = data?.task.history ?? {};
  const occurrences = data?.task.completedOccurrences?.nodes ?? [];

  function loadMore(): void {
    fetchMore({
      variables: { after: pageInfo?.endCursor ?? null },
      updateQuery: ({ task }, { fetchMoreResult: { task: more } }) => ({
        task: { ...task, history: { ...more.history, nodes: [...task.history.nodes, ...more.history.nodes] } },
      }),
    }).catch((failure: unknown) => showToast(problemOf(failure).message));
  }

  if (error) return <p className="history-note">The history needs the server.</p>;
  return (
    <div ref={element} className="history-entries">
      {occurrences.length > 0 && (
        <>
          <h3>Completed occurrences</h3>
          <ul aria-label="Completed occurrences">
            {occurrences.map((occurrence) => (
              <li key={occurrence.version}>
                <span>{dueLabel(occurrence)?.text}</span>
                <time dateTime={occurrence.completedAt}>{WHEN.format(new Date(occurrence.completedAt))}</time>
              </li>
            ))}
          </ul>
          <h3>Changes</h3>
        </>
      )}
      <ol aria-label="Changes">
        {nodes.map((entry) => (
          <li key={entry.version}>
            <span>{wordsOf(entry, labels).join(' · ')}</span>
            <time dateTime={entry.changedAt}>{WHEN.format(new Date(entry.changedAt))}</time>
          </li>
        ))}
        {pageInfo?.hasNextPage === false && (
          <li>
            <span>Created</span>
            <time dateTime={createdAt}>{WHEN.format(new Date(createdAt))}</time>
          </li>
        )}
      </ol>
      {pageInfo?.hasNextPage && (
        <button className="button button-plain" type="button" onClick={loadMore}>
          Earlier changes
        </button>
      )}
    </div>
  );
}
