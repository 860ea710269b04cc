import { Migration } from '@mikro-orm/migrations';

const ROLE = 'premium_todo_app';
const OWN = "user_id = (select current_setting('app.user_id', true))";

/** Levels of subtasks, the uppermost task included. */
const MAXIMUM_DEPTH = 5;

/**
 * The place of a task in the order that its user has given: in the order of creation until it was moved. Texts that compare
 * byte by byte, between any two of which there is another one (`src/tasks/task.rank.ts`). No two tasks have the same. One
 * expression, which the planner puts in place of the call; an interval's epoch, as that of a moment counts as stable only.
 */
const RANK = `
  create function task_rank(rank text, created_at timestamptz, id uuid) returns text
  language sql immutable parallel safe
  return coalesce(
    rank,
    'l' || lpad(
      to_hex(greatest(floor(extract(epoch from created_at - timestamptz '1970-01-01 00:00:00+00') * 1000)::bigint, 0)),
      12, '0'
    ) || replace(id::text, '-', '') || '1'
  )`;

/**
 * A rank that no other task has, next to the one that is wanted: while a task was in the trash or elsewhere, another one
 * may have been moved to where it stood. Those of `besides` are about to go somewhere else.
 */
const FREE_RANK = `
  create function task_free_rank(owner text, task uuid, wanted text, besides uuid[] default '{}') returns text
  language sql stable as $$
    select case
      when wanted is null or not exists (
        select from tasks
        where user_id = owner and deleted_at is null and task_rank(rank, created_at, id) collate "C" = wanted
          and id <> task and id <> all (besides)
      ) then wanted
      when length(wanted) <= 256 - 33 then wanted || replace(task::text, '-', '') || '1'
    end
  $$`;

/** Fires after tasks_stamp, by its name, so that nobody else ranks meanwhile. */
const TAKE_PLACE = `
  create function tasks_take_place() returns trigger language plpgsql as $$
  begin
    new.rank := task_free_rank(new.user_id, new.id, new.rank);
    return new;
  end $$`;

/**
 * Where a task is due on the wall of whoever it is for: the day's end for a date, so that what has a time that day comes
 * before it. Orders dates and moments together.
 */
const PLAN = `
  create function tasks_plan() returns trigger language plpgsql as $$
  begin
    new.due_sort := case
      when new.due_date is not null then new.due_date + time '23:59:59.999'
      else new.due_at at time zone coalesce(new.due_time_zone, 'UTC')
    end;
    return new;
  end $$`;

/**
 * Fires after tasks_stamp, by its name: with the owner's row locked nobody else changes the tree meanwhile. A task that is
 * taken out of the trash while what it belongs to stays there, or is too deep for it by now, stands by itself. It does not
 * fire for those that follow it, which are as deep below it as they were.
 */
const TREE = `
  create function tasks_tree() returns trigger language plpgsql as $$
  declare
    above integer;
    below integer;
    is_cycle boolean;
    is_moved boolean := case when tg_op = 'UPDATE' then new.parent_id is distinct from old.parent_id else true end;
    gone_at timestamptz := case when tg_op = 'UPDATE' then old.deleted_at end;
  begin
    if not exists (select from tasks where user_id = new.user_id and id = new.parent_id and deleted_at is null) then
      if not is_moved then
        new.parent_id := null;
        return new;
      end if;
      raise foreign_key_violation using constraint = 'tasks_parent_id_fkey', message = 'the parent does not exist';
    end if;
    if not is_moved and gone_at is null then
      return new;
    end if;
    with recursive ancestors (id, depth) as (
      select new.parent_id, 1
      union all
      select tasks.parent_id, ancestors.depth + 1 from ancestors
      join tasks on tasks.user_id = new.user_id and tasks.id = ancestors.id
      where tasks.parent_id is not null and ancestors.depth <= ${MAXIMUM_DEPTH}
    )
    select max(depth), bool_or(id = new.id) into above, is_cycle from ancestors;
    if is_cycle then
      raise check_violation using constraint = 'tasks_parent_id_cycle', message = 'a task would belong to itself';
    end if;
    with recursive descendants (id, depth) as (
      select new.id, 1
      union all
      select tasks.id, descendants.depth + 1 from descendants
      join tasks on tasks.user_id = new.user_id and tasks.parent_id = descendants.id
        and (tasks.deleted_at is null or tasks.deleted_at = gone_at and tasks.purged_at is null)
      where descendants.depth <= ${MAXIMUM_DEPTH}
    )
    select max(depth) into below from descendants;
    if above + below > ${MAXIMUM_DEPTH} and not is_moved then
      new.parent_id := null;
    elsif above + below > ${MAXIMUM_DEPTH} then
      raise check_violation using constraint = 'tasks_parent_id_depth', message = 'too many levels';
    end if;
    return new;
  end $$`;

/**
 * Fires before tasks_stamp, by its name: whoever writes one of them holds it and then the owner's row, not the other way round.
 * In the trash a task may have come to belong to a part of its own. Level by level, each with one statement: joined by a
 * plan of old statistics, all tasks of the user were gone through for each part. `reservation` may use `parts`.
 */
export const HOLD_PARTS = (reservation: string) => `
  create or replace function tasks_hold_parts() returns trigger language plpgsql as $$
  declare
    level uuid[];
    parts uuid[] := '{}';
  begin
    select array_agg(id) into level from tasks where user_id = new.user_id and parent_id = new.id;
    while level is not null loop
      parts := parts || level;
      select array_agg(id) into level from (
        select id from tasks where user_id = new.user_id and parent_id = any (level) except select unnest(parts)
      ) found;
    end loop;
    if parts <> '{}' then
      perform from tasks where user_id = new.user_id and id = any (parts) order by id for no key update;
    end if;${reservation}
    return new;
  end $$`;

/**
 * Subtasks go to the trash, and come back from there, with what they belong to: those that went with it, and before the
 * parts of their own.
 */
const FOLLOW = `
  create function tasks_follow_parent() returns trigger language plpgsql as $$
  declare
    level uuid[];
  begin
    with followed as (
      update tasks set deleted_at = new.deleted_at
      where user_id = new.user_id and parent_id = new.id
        and deleted_at is not distinct from old.deleted_at and purged_at is null
      returning id
    )
    select array_agg(id) into level from followed;
    while level is not null loop
      with followed as (
        update tasks set deleted_at = new.deleted_at
        where user_id = new.user_id and parent_id = any (level)
          and deleted_at is not distinct from old.deleted_at and purged_at is null
        returning id
      )
      select array_agg(id) into level from followed;
    end loop;
    return null;
  end $$`;

/** Keeps the rows that filters and foreign keys look at equal to the task's own list. */
const TAG = `
  create function tasks_tag() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' then
      delete from task_tags
      where user_id = new.user_id and task_id = new.id and not tag_id = any (new.tag_ids);
    end if;
    insert into task_tags (user_id, task_id, tag_id)
    select new.user_id, new.id, tag_id from unnest(new.tag_ids) tag_id
    on conflict do nothing;
    return null;
  end $$`;

/**
 * A tag that goes is taken off its tasks, each of which is another one then, to devices too. One by one: where statistics
 * know of one task of the user's, PostgreSQL joins by going through all tasks for each, which took a minute for 10,000.
 */
const UNTAG = `
  create function tags_untag() returns trigger language plpgsql as $$
  declare
    task uuid;
  begin
    for task in select task_id from task_tags where user_id = old.user_id and tag_id = old.id order by task_id loop
      update tasks set tag_ids = array_remove(tag_ids, old.id) where user_id = old.user_id and id = task;
    end loop;
    return old;
  end $$`;

/** Priority, due dates, recurrence, tags, lists, subtasks, manual order and trash. */
export class PlanTasks extends Migration {
  override up(): void {
    this.addSql(`
      alter table tasks
        add column priority smallint not null default 0,
        add column due_date date,
        add column due_at timestamptz(3),
        add column due_time_zone varchar(64),
        add column due_sort timestamp(3),
        add column recurrence varchar(500),
        add column recurrence_basis varchar(10) not null default 'DUE',
        add column tag_ids uuid[] not null default '{}',
        add column list_id uuid,
        add column parent_id uuid,
        add column rank varchar(256) collate "C",
        add column purged_at timestamptz(3),
        add constraint tasks_priority_range check (priority between 0 and 4) not valid,
        add constraint tasks_due_once check (due_date is null or due_at is null) not valid,
        add constraint tasks_due_time_zone_of_moment check (due_time_zone is null or due_at is not null) not valid,
        add constraint tasks_recurrence_of_due
          check (recurrence is null or due_date is not null or due_at is not null) not valid,
        add constraint tasks_recurrence_basis_known check (recurrence_basis in ('DUE', 'COMPLETION')) not valid,
        add constraint tasks_tag_ids_count check (cardinality(tag_ids) <= 50) not valid,
        add constraint tasks_list_id_fkey foreign key (user_id, list_id)
          references lists (user_id, id) on delete set null (list_id) not valid,
        add constraint tasks_parent_id_fkey foreign key (user_id, parent_id)
          references tasks (user_id, id) on delete set null (parent_id) not valid`);

    this.addSql(`
      create table task_tags (
        user_id text not null,
        task_id uuid not null,
        tag_id uuid not null,
        constraint task_tags_pkey primary key (user_id, task_id, tag_id),
        constraint task_tags_task_id_fkey foreign key (user_id, task_id)
          references tasks (user_id, id) on delete cascade,
        constraint task_tags_tag_id_fkey foreign key (user_id, tag_id)
          references tags (user_id, id) on delete cascade
      )`);
    this.addSql('create index task_tags_tag_id_index on task_tags (user_id, tag_id, task_id)');

    this.addSql('alter table task_tags enable row level security');
    this.addSql(`grant select, insert, delete on task_tags to ${ROLE}`);
    this.addSql(`create policy task_tags_own on task_tags to ${ROLE} using (${OWN}) with check (${OWN})`);

    this.addSql(RANK);
    this.addSql(FREE_RANK);
    this.addSql(TAKE_PLACE);
    this.addSql(`
      create trigger tasks_take_place before insert or update of deleted_at on tasks for each row
      when (new.rank is not null and new.deleted_at is null) execute function tasks_take_place()`);
    this.addSql(PLAN);
    this.addSql(`
      create trigger tasks_plan before insert or update of due_date, due_at, due_time_zone on tasks for each row
      when (new.due_date is not null or new.due_at is not null or new.due_sort is not null)
      execute function tasks_plan()`);
    this.addSql(TREE);
    this.addSql(`
      create trigger tasks_tree before insert or update of parent_id, deleted_at on tasks for each row
      when (pg_trigger_depth() = 0 and new.parent_id is not null and new.deleted_at is null)
      execute function tasks_tree()`);
    this.addSql(HOLD_PARTS(''));
    this.addSql(`
      create trigger tasks_hold_parts before update of deleted_at on tasks for each row
      when (pg_trigger_depth() = 0 and (old.deleted_at is null) <> (new.deleted_at is null))
      execute function tasks_hold_parts()`);
    this.addSql(FOLLOW);
    this.addSql(`
      create trigger tasks_follow_parent after update of deleted_at on tasks for each row
      when (pg_trigger_depth() = 0 and (old.deleted_at is null) <> (new.deleted_at is null))
      execute function tasks_follow_parent()`);
    this.addSql(TAG);
    this.addSql(`
      create trigger tasks_tag_new after insert on tasks for each row
      when (new.tag_ids <> '{}') execute function tasks_tag()`);
    this.addSql(`
      create trigger tasks_tag_changed after update of tag_ids on tasks for each row
      when (new.tag_ids is distinct from old.tag_ids) execute function tasks_tag()`);
    this.addSql(UNTAG);
    this.addSql('create trigger tags_untag before delete on tags for each row execute function tags_untag()');

    // The view has the columns of its making.
    this.addSql(`
      create or replace view searched_tasks as
      select * from tasks where deleted_at is null and ${OWN}`);
  }

  override down(): void {
    const functions = ['plan', 'take_place', 'tree', 'hold_parts', 'follow_parent', 'tag'];
    for (const name of functions) this.addSql(`drop function tasks_${name} cascade`);
    this.addSql('drop function tags_untag cascade');
    this.addSql('drop function task_free_rank, task_rank');
    this.addSql('drop view searched_tasks');
    this.addSql('drop table task_tags');
    this.addSql(`
      alter table tasks
        drop column priority, drop column due_date, drop column due_at, drop column due_time_zone, drop column due_sort,
        drop column recurrence, drop column recurrence_basis, drop column tag_ids, drop column list_id,
        drop column parent_id, drop column rank, drop column purged_at`);
    this.addSql(`create view searched_tasks as select * from tasks where deleted_at is null and ${OWN}`);
    this.addSql(`grant select on searched_tasks to ${ROLE}`);
  }
}
