import { Migration } from '@mikro-orm/migrations';

const ROLE = 'premium_todo_app';

/** Of the advisory lock that whoever listens for changes holds shared; `src/db/change-listener.ts` has the same. */
const LISTENERS = '7307119426';

/** In triggers: tells those who listen at the commit, if there are any. Asking costs a microsecond, telling nobody takes a lock of the whole server. */
const TELL = (owner: string) => `
  if pg_try_advisory_lock(${LISTENERS}) then
    perform pg_advisory_unlock(${LISTENERS});
  else
    perform pg_notify('premium_todo_changes', ${owner});
  end if;`;

/** The trigger as it was made, and what else it does before the row is written. */
const STAMP = (tell = '') => `
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
    end if;${tell}
    return new;
  end $$`;

/**
 * What devices need to follow their user's tasks: from which change on everything is known, which history the numbers of
 * changes belong to, the commands that were applied, and a word at each commit to those who listen.
 */
export class NumberChanges extends Migration {
  override up(): void {
    // Of changes up to it some rows are gone, so that whoever has seen less must start anew.
    this.addSql('alter table users add column purged_rev bigint not null default 0');

    // One row. Not part of a backup: numbers of changes made after it mean nothing in the database that it is restored to.
    this.addSql(`
      create table sync_epoch (
        singleton boolean not null default true,
        epoch uuid not null default gen_random_uuid(),
        constraint sync_epoch_pkey primary key (singleton),
        constraint sync_epoch_singleton check (singleton)
      )`);
    this.addSql('insert into sync_epoch default values');
    this.addSql(`grant select on sync_epoch to ${ROLE}`);

    this.addSql(`
      create table applied_commands (
        user_id text not null,
        id uuid not null,
        fingerprint text not null,
        task_id uuid not null,
        applied_at timestamptz(3) not null default now(),
        constraint applied_commands_pkey primary key (user_id, id),
        constraint applied_commands_user_id_fkey foreign key (user_id) references users (id) on delete cascade
      )`);
    this.addSql('create index applied_commands_applied_at_index on applied_commands (applied_at)');
    this.addSql('alter table applied_commands enable row level security');
    this.addSql(`grant select, insert, delete on applied_commands to ${ROLE}`);
    const own = "user_id = (select current_setting('app.user_id', true))";
    this.addSql(`create policy applied_commands_own on applied_commands to ${ROLE} using (${own}) with check (${own})`);

    this.addSql(STAMP(TELL('new.user_id')));

    // A tombstone is missed by those only who have not seen it; a task without one is missed by all.
    this.addSql(`
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
        loop${TELL('owner')}
        end loop;
        return null;
      end $$`);
    this.addSql(`
      create or replace function tasks_revise_all() returns trigger language plpgsql as $$
      begin
        update users set rev = rev + 1, purged_rev = rev + 1;
        return null;
      end $$`);

    // Act for the owner, since the rows are those of all users, and not on a search path of the caller's. A row that
    // somebody holds is left for the next time, so that nobody waits.
    this.addSql(`
      do $migration$
      begin
        execute format($$
          create or replace function purge_tombstones(days integer) returns integer language plpgsql
          security definer set search_path = pg_catalog, %1$I, pg_temp as $function$
          declare
            removed integer;
          begin
            delete from tasks where id in (
              select id from tasks where deleted_at <= now() - make_interval(days => greatest(days, 1))
              order by deleted_at limit 10000 for update skip locked
            );
            get diagnostics removed = row_count;
            return removed;
          end $function$
        $$, current_schema());
        execute format($$
          create or replace function purge_applied_commands(days integer) returns integer language plpgsql
          security definer set search_path = pg_catalog, pg_temp as $function$
          declare
            removed integer;
          begin
            delete from %1$I.applied_commands where (user_id, id) in (
              select user_id, id from %1$I.applied_commands
              where applied_at <= now() - make_interval(days => greatest(days, 1))
              order by applied_at limit 10000 for update skip locked
            );
            get diagnostics removed = row_count;
            return removed;
          end $function$
        $$, current_schema());
      end $migration$`);
    for (const name of ['purge_tombstones', 'purge_applied_commands']) {
      this.addSql(`revoke execute on function ${name} from public`);
      this.addSql(`grant execute on function ${name} to ${ROLE}`);
    }
  }

  override down(): void {
    this.addSql('drop function purge_applied_commands');
    this.addSql('drop function purge_tombstones');
    this.addSql(`
      create or replace function tasks_revise_all() returns trigger language plpgsql as $$
      begin
        update users set rev = rev + 1;
        return null;
      end $$`);
    this.addSql(`
      create or replace function tasks_revise_owners() returns trigger language plpgsql as $$
      begin
        update users set rev = rev + 1 where id in (select user_id from gone where deleted_at is null);
        return null;
      end $$`);
    this.addSql(STAMP());
    this.addSql('drop table applied_commands');
    this.addSql('drop table sync_epoch');
    this.addSql('alter table users drop column purged_rev');
  }
}
