import type { Labels } from '../labels/use-labels.ts';
import type { View } from './view.ts';

const TITLES: Partial<Record<View['kind'], string>> = {
  all: 'All tasks',
  today: 'Today',
  upcoming: 'Next 7 days',
  completed: 'Completed',
  trash: 'Trash',
};

export function titleOf(view: View, { lists, tags }: Labels): string {
  if (!('id' in view)) return TITLES[view.kind] ?? '';
  const labels = view.kind === 'list' ? lists : tags;
  return labels.find(({ id }) => id === view.id)?.name ?? '';
}
