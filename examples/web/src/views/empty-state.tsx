import { Icon, type IconName } from '../ui/icon.tsx';
import type { View } from './view.ts';

interface EmptyStateProps {
  readonly view: View;
  readonly isNarrowed: boolean;
}

const WORDS: Partial<Record<View['kind'], readonly [IconName, string, string]>> = {
  all: ['inbox', 'Nothing to do', 'Write down the first thing that comes to mind.'],
  today: ['sun', 'A free day', 'Nothing is due. Enjoy it, or pick something.'],
  upcoming: ['upcoming', 'The week is clear', 'What is due in the next days shows here.'],
  completed: ['done', 'Nothing is done yet', 'What you complete is kept here.'],
  list: ['list', 'An empty list', 'Add the first task above.'],
  tag: ['tag', 'Nothing has this tag', 'Tag a task and it shows here.'],
};

export function EmptyState({ view, isNarrowed }: EmptyStateProps) {
  const [icon, title, text] = isNarrowed
    ? (['search', 'Nothing found', 'Try other words, or clear the filters.'] as const)
    : (WORDS[view.kind] ?? ['inbox', 'Nothing here', '']);
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
    </div>
  );
}
