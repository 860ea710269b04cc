import type { LabelKind } from '../labels/label-actions.ts';
import type { ListLabel, TagLabel } from '../labels/use-labels.ts';
import { colorOf } from '../tasks/task-meta.tsx';
import { Icon } from '../ui/icon.tsx';
import { NavLink } from './nav-link.tsx';

interface LabelSectionProps {
  readonly kind: LabelKind;
  readonly title: string;
  readonly labels: readonly (ListLabel | TagLabel)[];
  readonly isCurrent: (id: string) => boolean;
  /** without a label: a new one is wanted */
  readonly onEdit: (label: ListLabel | TagLabel | undefined) => void;
}

export function LabelSection({ kind, title, labels, isCurrent, onEdit }: LabelSectionProps) {
  return (
    <section className="nav-section">
      <div className="nav-heading">
        <h2>{title}</h2>
        <button className="icon-button" type="button" aria-label={`New ${kind}`} onClick={() => onEdit(undefined)}>
          <Icon name="plus" />
        </button>
      </div>
      <ul>
        {labels.map((label) => (
          <NavLink
            key={label.id}
            view={{ kind, id: label.id }}
            icon={<span className="dot" data-kind={kind} style={colorOf(label.color)} />}
            count={'taskCounts' in label ? label.taskCounts.total - label.taskCounts.completed : 0}
            isCurrent={isCurrent(label.id)}
            action={
              <button
                className="icon-button nav-edit"
                type="button"
                aria-label={`Edit ${label.name}`}
                onClick={() => onEdit(label)}
              >
                <Icon name="pencil" />
              </button>
            }
          >
            {label.name}
          </NavLink>
        ))}
      </ul>
    </section>
  );
}
