import { describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.ts';
import { brokenRules } from './support/broken-rules.ts';
import { RULES, type Rule } from './support/migration-rules.ts';

/** Rules that a migration may break, with the reason. */
const ALLOWANCES: { migration: string; rule: Rule; reason: string }[] = [
  {
    migration: '20261123235000-salt-imported-ids',
    rule: 'column-rewrites',
    reason: 'Landed before the rule; every user needs a salt of his own, and the table has one short row for each.',
  },
];

/** Refused, and how the same is done: `alone` outside of a transaction. */
interface Sample {
  refused: string;
  fine: string;
  alone?: 'refused' | 'fine' | 'both';
}

const NEW_TABLE = 'create table labels (id uuid, name text)';
const SAMPLES: [Rule, Sample][] = [
  [
    'index-blocks-writes',
    { refused: 'create index i on tasks (title)', fine: 'create index concurrently i on tasks (title)', alone: 'fine' },
  ],
  [
    'index-blocks-writes',
    { refused: 'create index i on tasks (title)', fine: `${NEW_TABLE}; create index i on labels (name)` },
  ],
  [
    'needs-no-transaction',
    {
      refused: 'create index concurrently i on tasks (title)',
      fine: 'create index concurrently i on tasks (title)',
      alone: 'fine',
    },
  ],
  [
    'needs-no-transaction',
    { refused: 'drop index concurrently if exists i', fine: 'drop index concurrently if exists i', alone: 'fine' },
  ],
  [
    'locks-without-limit',
    {
      refused: 'alter table tasks add column if not exists note text',
      fine: 'alter table tasks validate constraint c',
      alone: 'both',
    },
  ],
  [
    'locks-without-limit',
    {
      refused: 'create trigger t after insert on tasks execute function f()',
      fine: 'create trigger t after insert on tasks execute function f()',
      alone: 'refused',
    },
  ],
  [
    'locks-without-limit',
    {
      refused: "set lock_timeout = '5s'; set lock_timeout = 0; alter table tasks add column note text",
      fine: "set lock_timeout = '5s'; alter table tasks add column note text",
      alone: 'both',
    },
  ],
  [
    'limit-beside-writes',
    {
      refused: 'set lock_timeout = 5000; create index concurrently i on tasks (title)',
      fine: "set lock_timeout = '5s'; set lock_timeout = 0; create index concurrently i on tasks (title)",
      alone: 'both',
    },
  ],
  ['locks-without-limit', { refused: 'drop index i', fine: 'drop index i', alone: 'refused' }],
  [
    'column-type',
    { refused: 'alter table tasks alter column title type text', fine: 'alter table tasks add column new_title text' },
  ],
  [
    'column-rewrites',
    {
      refused: 'alter table tasks add column note text not null',
      fine: "alter table tasks add column note text not null default ''",
    },
  ],
  [
    'column-rewrites',
    {
      refused: 'alter table tasks add column seen timestamptz default clock_timestamp()',
      fine: 'alter table tasks add column seen timestamptz default now()',
    },
  ],
  [
    'column-rewrites',
    { refused: 'alter table tasks add column number bigserial', fine: 'alter table tasks add column number bigint' },
  ],
  [
    'column-rewrites',
    {
      refused: 'alter table tasks add column size integer generated always as (length(title)) stored',
      fine: `${NEW_TABLE}; alter table labels add column size integer generated always as (length(name)) stored`,
    },
  ],
  [
    'not-null',
    {
      refused: 'alter table users alter column email set not null',
      fine: 'alter table users add constraint c check (email is not null) not valid',
    },
  ],
  [
    'constraint-validates',
    {
      refused: "alter table tasks add constraint c check (title <> '')",
      fine: "alter table tasks add constraint c check (title <> '') not valid",
    },
  ],
  [
    'constraint-validates',
    {
      refused: 'alter table tasks add constraint c foreign key (user_id) references users (id)',
      fine: 'alter table tasks add constraint c foreign key (user_id) references users (id) not valid',
    },
  ],
  [
    'constraint-validates',
    {
      refused: 'alter table users add constraint c unique (email)',
      fine: 'alter table users add constraint c unique using index i',
    },
  ],
  [
    'constraint-validates',
    {
      refused: 'alter table tasks add column parent uuid references tasks (id)',
      fine: 'alter table tasks add column parent uuid; alter table tasks add foreign key (parent) references tasks (id) not valid',
    },
  ],
  [
    'validated-at-once',
    {
      refused:
        "alter table tasks add constraint c check (title <> '') not valid; alter table tasks validate constraint c",
      fine: 'alter table tasks validate constraint c',
    },
  ],
  ['rename', { refused: 'alter table tasks rename to todos', fine: `${NEW_TABLE}; alter table labels rename to tags` }],
  [
    'rename',
    { refused: 'alter table tasks rename column title to name', fine: 'alter index tasks_title_index rename to i' },
  ],
  ['drop', { refused: 'drop table tasks', fine: `${NEW_TABLE}; drop table labels` }],
  ['drop', { refused: 'drop view searched_tasks', fine: 'drop function if exists f' }],
  [
    'drop',
    { refused: 'alter table tasks drop column title', fine: 'alter table tasks alter column title drop default' },
  ],
  ['lock', { refused: 'lock table tasks', fine: 'select from tasks limit 1' }],
  ['all-rows', { refused: 'truncate tasks', fine: NEW_TABLE }],
  [
    'all-rows',
    { refused: "update tasks set title = 'a'", fine: "update tasks set title = 'a' where id = gen_random_uuid()" },
  ],
  ['all-rows', { refused: 'delete from tasks where true', fine: `${NEW_TABLE}; delete from labels` }],
  [
    'all-rows',
    {
      refused: 'with gone as (delete from tasks returning id) select count(*) from gone',
      fine: 'create function f() returns void language sql begin atomic delete from tasks; end',
    },
  ],
];

describe('the rules of migrations', () => {
  it.each(SAMPLES)('refuse %s: %j', async (rule, { refused, fine, alone }) => {
    const isTransactional = (which: 'refused' | 'fine') => alone !== which && alone !== 'both';
    expect(await brokenRules({ queries: [refused], isTransactional: isTransactional('refused') })).toEqual([rule]);
    expect(await brokenRules({ queries: [fine], isTransactional: isTransactional('fine') })).toEqual([]);
  });

  it('are all proved by a sample', () => {
    expect(new Set(SAMPLES.map(([rule]) => rule))).toEqual(new Set(Object.keys(RULES)));
  });

  it.each(migrations)('are kept by $name, but for what it is allowed', async ({ name, class: Migration }) => {
    // It only collects SQL; one that asked the database on its way would fail here.
    const migration = new Migration(undefined as never, undefined as never);
    await migration.up();
    const queries = migration.getQueries().map((query) => {
      if (typeof query !== 'string') throw new Error(`${name} has a query that is not text`);
      return query;
    });
    const broken = await brokenRules({ queries, isTransactional: migration.isTransactional() });
    const allowed = ALLOWANCES.filter(({ migration }) => migration === name).map(({ rule }) => rule);
    const explain = (rules: Rule[]) => rules.map((rule) => `${rule}: ${RULES[rule]}`).sort();
    expect(explain(broken)).toEqual(explain(allowed));
  });

  it('allow nothing to migrations that are not there', () => {
    const names = migrations.map(({ name }) => name);
    expect(ALLOWANCES.map(({ migration }) => migration).filter((name) => !names.includes(name))).toEqual([]);
  });
});
