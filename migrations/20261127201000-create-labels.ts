import { Migration } from '@mikro-orm/migrations';

const ROLE = 'premium_todo_app';
const OWN = "user_id = (select current_setting('app.user_id', true))";

/** Of the advisory lock that whoever listens for changes holds shared; `src/db/change-listener.ts` has the same. */
const LISTENERS = '7307119426';

/** A user's tags, or lists: few enough to be shown at once. */
const MAXIMUM_LABELS = 500;
/** Tags and lists are made alike. */
const LABELS = (table: string) => `
  create table ${table} (
    id uuid not null,
    user_id text not null,
    name varchar(100) not null,
    color varchar(7),
    version integer not null default 1,
    rev bigint not null default 0,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint ${table}_pkey primary key (id),
    constraint ${table}_user_id_id_key unique (user_id, id),
    constraint ${table}_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint ${table}_name_length check (length(name) between 1 and 100),
    constraint ${table}_color_form check (color ~ '^#[0-9a-f]{6}$')
  )`;

/** As for tasks: the lock on the owner's row gives all changes of a user one order. Asked after it, the count is exact. */
const STAMP_LABELS = `
  create function labels_stamp() returns trigger language plpgsql as $$
  declare
    owner text := case when tg_op = 'DELETE' then old.user_id else new.user_id end;
    number bigint;
    labels integer;
  begin
    update users set rev = rev + 1, labels_rev = rev + 1 where id = owner and deleted_at is null returning rev into number;
    if not found and tg_op <> 'DELETE' then
      raise foreign_key_violation
        using constraint = tg_table_name || '_user_id_fkey', message = 'the owner does not exist';
    end if;
    if not (pg_try_advisory_lock(${LISTENERS}) and pg_advisory_unlock(${LISTENERS})) then
      perform pg_notify('premium_todo_changes', owner);
    end if;
    if tg_op = 'DELETE' then
      return old;
    elsif tg_op = 'INSERT' then
      execute format('select count(*) from %I.%I where user_id = $1', tg_table_schema, tg_table_name)
        into labels using owner;
      if labels >= ${MAXIMUM_LABELS} then
        raise check_violation using constraint = tg_table_name || '_limit', message = 'too many';
      end if;
      new.version := 1;
      new.updated_at := new.created_at;
    else
      new.user_id := old.user_id;
      new.created_at := old.created_at;
      new.version := old.version + 1;
      new.updated_at := clock_timestamp();
    end if;
    new.rev := number;
    return new;
  end $$`;

/** Tags and lists of each user, and the zone in which the user's days begin. */
export class CreateLabels extends Migration {
  override up(): void {
    // Of the last change of a tag or a list, so that devices know when to ask for them.
    this.addSql('alter table users add column labels_rev bigint not null default 0');
    this.addSql('alter table users add column time_zone varchar(64)');

    this.addSql(STAMP_LABELS);
    for (const table of ['tags', 'lists']) {
      this.addSql(LABELS(table));
      // Two that differ in case only would be taken for one.
      this.addSql(`create unique index ${table}_name_key on ${table} (user_id, lower(name))`);
      this.addSql(`
        create trigger ${table}_stamp before insert or update or delete on ${table} for each row
        execute function labels_stamp()`);
      this.addSql(`alter table ${table} enable row level security`);
      this.addSql(`grant select, insert, update, delete on ${table} to ${ROLE}`);
      this.addSql(`create policy ${table}_own on ${table} to ${ROLE} using (${OWN}) with check (${OWN})`);
    }
  }

  override down(): void {
    this.addSql('drop table lists');
    this.addSql('drop table tags');
    this.addSql('drop function labels_stamp');
    this.addSql('alter table users drop column time_zone');
    this.addSql('alter table users drop column labels_rev');
  }
}
