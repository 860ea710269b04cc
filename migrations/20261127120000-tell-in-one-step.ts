import { Migration } from '@mikro-orm/migrations';

/** Of the advisory lock that whoever listens for changes holds shared; `src/db/change-listener.ts` has the same. */
const LISTENERS = '7307119426';

/**
 * In triggers: tells those who listen at the commit, if there are any. One expression, as a statement that is cancelled
 * ends between two steps of a function only: whoever held the lock longer than that would keep everybody from listening.
 */
const TELL = (owner: string) => `
  if not (pg_try_advisory_lock(${LISTENERS}) and pg_advisory_unlock(${LISTENERS})) then
    perform pg_notify('premium_todo_changes', ${owner});
  end if;`;

/** As it was: two steps. */
const TELL_IN_TWO = (owner: string) => `
  if pg_try_advisory_lock(${LISTENERS}) then
    perform pg_advisory_unlock(${LISTENERS});
  else
    perform pg_notify('premium_todo_changes', ${owner});
  end if;`;

const STAMP = (tell: typeof TELL) => `
  create or replace function tasks_stamp() returns trigger language plpgsql as $$
  begin
    update users set rev = rev + 1 where id = new.user_id and deleted_at is null returning rev into new.rev;
    if not found then
      raise foreign_key_violation using constraint = 'tasks_user_id_fkey', message = 'the owner does not exist';
    end if;
    if tg_op = 'INSERT' then
      new.version := 1;
      new.updated_at := new.created_at;
      new.completed_at := case when new.completed then coalesce(new.completed_at, new.created_at) end;
    else
      new.user_id := old.user_id;
      new.created_at := old.created_at;
      new.version := old.version + 1;
      new.updated_at := clock_timestamp();
      new.completed_at := case
        when not new.completed then null
        when old.completed then old.completed_at
        else new.updated_at
      end;
    end if;${tell('new.user_id')}
    return new;
  end $$`;

const REVISE_OWNERS = (tell: typeof TELL) => `
  create or replace function tasks_revise_owners() returns trigger language plpgsql as $$
  declare
    owner text;
  begin
    for owner in
      update users set
        rev = users.rev + 1,
        purged_rev = greatest(users.purged_rev, case when gone.was_shown then users.rev + 1 else gone.rev end)
      from (
        select user_id, max(rev) as rev, bool_or(deleted_at is null) as was_shown from gone group by user_id
      ) as gone
      where users.id = gone.user_id and users.deleted_at is null
      returning users.id
    loop${tell('owner')}
    end loop;
    return null;
  end $$`;

/** Acts for the owner, since the rows are those of all users, and not on a search path of the caller's. */
const PURGE_TOMBSTONES = (from: string, lock: string) => `
  do $migration$
  begin
    execute format($$
      create or replace function purge_tombstones(days integer) returns integer language plpgsql
      security definer set search_path = pg_catalog, %1$I, pg_temp as $function$
      declare
        removed integer;
      begin
        delete from tasks where id in (
          select tasks.id from ${from} where tasks.deleted_at <= now() - make_interval(days => greatest(days, 1))
          order by tasks.deleted_at limit 10000 ${lock}
        );
        get diagnostics removed = row_count;
        return removed;
      end $function$
    $$, current_schema());
  end $migration$`;

/** Nobody is kept from listening by a statement that was cancelled, and purging waits for nobody. */
export class TellInOneStep extends Migration {
  override up(): void {
    this.addSql(STAMP(TELL));
    this.addSql(REVISE_OWNERS(TELL));
    // The trigger writes the owners' rows as well. A tombstone that somebody holds, or whose owner somebody holds, is left
    // for the next time: whoever waited for one of them would have the owners of all the others wait behind it.
    this.addSql(
      PURGE_TOMBSTONES(
        'tasks join users on users.id = tasks.user_id',
        'for update of tasks skip locked for no key update of users skip locked',
      ),
    );
  }

  override down(): void {
    this.addSql(PURGE_TOMBSTONES('tasks', 'for update skip locked'));
    this.addSql(REVISE_OWNERS(TELL_IN_TWO));
    this.addSql(STAMP(TELL_IN_TWO));
  }
}
