import type { Parameters } from '../db/parameters.ts';
import { criteriaConditions, type DatedCriteria } from './task.criteria.ts';
import type { TaskFilter } from './task.list-inputs.ts';
import { isIndexed, NEWEST_FIRST, type TaskSort } from './task.order.ts';
import { orderClause, type Range, wholeRange } from './task.ranges.ts';
import { OWN_TASKS } from './task.view.ts';

/**
 * SQL of searches. An index of words knows no order: of a common word it gives every match, to be fetched and sorted. So
 * some tasks are looked through before it is asked, and what they show decides on the way; see decision 16.
 */

/** Tasks that are looked through: below two matches in a hundred the index has little to fetch. */
const PROBED = 1000;
/** Of those: a word of more of them narrows nothing, and takes the index longest. */
const COMMON = PROBED / 10;
/** Words whose frequency is looked at. */
const COUNTED_WORDS = 10;

export interface Searched {
  /** conditions on owner and place that hold for every row; the owner's id is `$1` */
  scope: readonly string[];
  criteria: DatedCriteria;
  sort: TaskSort;
  /** ranges that follow each other in the order; each row is in one of them */
  ranges: readonly Range[];
}

/** The tasks, with how well they match where they are ordered by that. */
function sourceOf({ criteria, sort }: Searched, parameters: Parameters): string {
  if (!sort.keys.some(({ name }) => name === 'relevance')) return OWN_TASKS;
  const relevance = `ts_rank(search, (select search_query(${parameters.add(criteria.search)})))`;
  return `(select *, ${relevance} as relevance from ${OWN_TASKS}) as ranked`;
}

/** The first `wanted` rows of a search and perhaps more, or all of them, in no order: to be selected from, ordered and limited. */
export function searchedRows(searched: Searched, wanted: string | undefined, parameters: Parameters): string {
  const conditions = conditionsOf(searched, parameters);
  const source = sourceOf(searched, parameters);
  const isOrdered = wanted !== undefined && isIndexed(searched.sort);
  const near = isOrdered ? `order by ${orderClause(searched.sort.keys)} limit ${wanted}` : '';
  // "offset 0" keeps the planner from reading in the order in the hope to meet enough matches soon.
  return `with probe as (${probe(isOrdered ? searched : newest(searched), source, parameters)}),
    near as (select * from probe where ${conditions} ${near}),
    ${decision(searched, parameters, isOrdered ? `(select count(*) from near) >= ${wanted}` : 'false')}
    select * from near where (select way from decision) = 'probe'
    union all
    select * from (select * from ${source} where ${conditions} offset 0) as all_tasks
    where (select way from decision) = 'all'
    union all
    select * from (select * from ${source} where ${conditions} and ${HAS_RARE_WORDS} offset 0) as indexed
    where (select way from decision) = 'index'`;
}

/** The number of matches, as a statement. */
export function searchedCount(scope: readonly string[], criteria: DatedCriteria, parameters: Parameters): string {
  const searched = newest({ scope, criteria });
  const conditions = conditionsOf(searched, parameters);
  return `with probe as (${probe(searched, OWN_TASKS, parameters)}), ${decision(searched, parameters, 'false')}
    select (case (select way from decision)
      when 'probe' then (select count(*) from probe where ${conditions})
      when 'all' then (select count(*) from ${OWN_TASKS} where ${conditions})
      else (select count(*) from ${OWN_TASKS} where ${conditions} and ${HAS_RARE_WORDS})
    end)::int as count`;
}

/** More than the matches, since the index knows neither phrases nor the ends of long words; `conditionsOf` is exact. */
const HAS_RARE_WORDS = 'search_keys(user_id, search) @@ (select words from rare)';

/**
 * `probe` when it held enough or everything there is, `all` to read all of the user's tasks when no word is rare, else
 * `index`. Sub-selects of a `case` are only evaluated when it comes to them.
 */
function decision({ criteria }: Searched, parameters: Parameters, hasEnough: string): string {
  const search = parameters.add(criteria.search);
  return `rare as (
      select search_keys_query($1, ${search}, array(
        select lexeme
        from (select lexeme from unnest(to_tsvector('pg_catalog.simple', search_words(${search}))) limit ${COUNTED_WORDS}) words
        where (select count(*) from probe where search @@ ('''' || lexeme || ''':*')::tsquery) > ${COMMON}
      )) as words
    ), decision as (
      select case
        when ${hasEnough} or (select count(*) from probe) < ${PROBED} then 'probe'
        when (select words from rare) is null then 'all'
        else 'index'
      end as way
    )`;
}

function conditionsOf({ scope, criteria, ranges }: Searched, parameters: Parameters): string {
  return [
    ...scope,
    `(${ranges.map(({ condition }) => condition).join(' or ')})`,
    ...criteriaConditions(criteria, parameters),
  ].join(' and ');
}

/** The first tasks of the order, found or not. */
function probe({ scope, criteria, sort, ranges }: Searched, source: string, parameters: Parameters): string {
  const filter = heldByIndex(criteria.filter ?? {}, sort);
  const conditions = [...scope, ...criteriaConditions({ filter }, parameters)];
  // A limit that the planner does not know makes it read by the order's index, however many tasks it thinks there are.
  const end = `order by ${orderClause(sort.keys)} limit (select ${PROBED})`;
  const selects = ranges.map(
    ({ condition }) => `select * from ${source} where ${[...conditions, condition].join(' and ')} ${end}`,
  );
  return selects.length === 1 ? selects.join() : `(${selects.join(') union all (')}) ${end}`;
}

/** All matches. */
export function searchedTasks(owner: string, criteria: DatedCriteria, parameters: Parameters): string {
  return searchedRows(newest({ scope: [owner], criteria }), undefined, parameters);
}

/** The newest tasks stand for all of them where no index has the order. */
function newest({ scope: [owner = ''], criteria }: Pick<Searched, 'scope' | 'criteria'>): Searched {
  return { scope: [owner], criteria, sort: NEWEST_FIRST, ranges: wholeRange(NEWEST_FIRST) };
}

/** What the index of an order finds without reading rows that fail it. */
function heldByIndex({ completed, createdAt, updatedAt }: TaskFilter, { keys }: TaskSort): TaskFilter {
  const columns = keys.map((key) => key.column);
  return {
    ...(columns.includes('created_at') ? { completed, createdAt } : {}),
    ...(columns.includes('updated_at') ? { updatedAt } : {}),
  };
}
