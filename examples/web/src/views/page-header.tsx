import { Icon } from '../ui/icon.tsx';
import { useToday } from '../ui/today.ts';
import type { View } from './view.ts';

interface PageHeaderProps {
  readonly view: View;
  readonly title: string;
  readonly search?: string;
  /** absent where nothing can be searched */
  readonly onSearch?: (text: string) => void;
  readonly onEnter?: () => void;
}

const TODAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

export function PageHeader({ view, title, search = '', onSearch, onEnter }: PageHeaderProps) {
  useToday();
  return (
    <header className="page-header">
      <title>{title}</title>
      <div className="page-title">
        <h1>{title}</h1>
        {view.kind === 'today' && <p>{TODAY.format(new Date())}</p>}
      </div>
      {onSearch && (
        <label className="search">
          <Icon name="search" />
          <input
            id="search"
            type="search"
            aria-label="Search tasks"
            placeholder="Search"
            maxLength={200}
            value={search}
            onChange={({ target }) => onSearch(target.value)}
            onKeyDown={({ key, currentTarget }) => {
              if (key === 'Escape') currentTarget.blur();
              if (key === 'Enter') onEnter?.();
            }}
          />
        </label>
      )}
    </header>
  );
}
