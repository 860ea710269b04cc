import { type RelatedRows, SHOWN_OF_LABELS } from './task.ts';

/** What a list of tasks is asked to show. */
export interface TaskSelection extends Readonly<Record<keyof RelatedRows, boolean>> {
  /** nothing that tasks are planned with: half of the columns need not be read then, a tenth of what the list costs */
  readonly isPlain: boolean;
}

const LABEL = `json_build_object(${SHOWN_OF_LABELS.map((name) => `'${name}', label.${name}`).join()})`;

/**
 * `RelatedRows` as columns beside a relation `tasks`; the owner is the first parameter. Tags are looked up one by one: as a
 * join, PostgreSQL may go through all that the user has for each task. See decision 33.
 */
const COLUMNS: Record<keyof RelatedRows, string> = {
  tags: `(
    select coalesce(json_agg(${LABEL} order by place), '[]')
    from unnest(tasks.tag_ids) with ordinality as had (tag_id, place),
      lateral (select * from tags where tags.id = had.tag_id and tags.user_id = $1 offset 0) as label
  ) as tags`,
  list: `(select ${LABEL} from lists as label where label.id = tasks.list_id and label.user_id = $1) as list`,
  subtaskCounts: `(
    select json_build_object('total', count(*), 'completed', count(*) filter (where completed),
      'open', count(*) filter (where not completed))
    from tasks as part where part.user_id = $1 and part.parent_id = tasks.id and part.deleted_at is null
  ) as "subtaskCounts"`,
};

const NAMES = Object.keys(COLUMNS) as (keyof RelatedRows)[];

export function relatedColumns(selection: TaskSelection | undefined): string[] {
  return NAMES.filter((name) => selection?.[name]).map((name) => COLUMNS[name]);
}
