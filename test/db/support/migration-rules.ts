/** Rules of docs/migrations.md, and what each says. */
export const RULES = {
  'index-blocks-writes': 'an index of a table that has rows is built with "concurrently"',
  'needs-no-transaction': '"concurrently" needs a migration with isTransactional() false',
  'locks-without-limit': 'without a transaction no lock limit holds but one that was set before',
  'limit-beside-writes': 'what is built beside writes waits without a limit: given up, it leaves an invalid index',
  'column-type': 'another type rewrites the table, and the version before does not expect it',
  'column-rewrites': 'a new column is nullable or has a constant default',
  'not-null': '"not null" reads the whole table under its lock; only behind a validated check it does not',
  'constraint-validates': 'a constraint is added "not valid", a unique one "using index"',
  'validated-at-once': 'a constraint is validated in a later migration than the one that adds it',
  rename: 'the version before uses the old name',
  drop: 'the version before may use it',
  lock: 'a table is not locked for as long as a migration takes',
  'all-rows': 'all rows are not emptied or changed at once',
} as const;

export type Rule = keyof typeof RULES;

/** What is known where a statement stands. */
export interface Surroundings {
  isTransactional: boolean;
  /** a lock limit was set, which holds from there on */
  isLimited: boolean;
  /** made by the same migration, so that nobody waits for them and they have no rows of others */
  created: Set<string>;
  /** constraints that this migration has added */
  added: Set<string>;
}
