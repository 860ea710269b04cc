import { Migration } from '@mikro-orm/migrations';

const ROLE = 'premium_todo_app';
const OWN = "user_id = (select current_setting('app.user_id', true))";

/** What a change is told of and taken back by. */
const FIELDS = [
  'title',
  'description',
  'completed',
  'completed_at',
  'priority',
  'due_date',
  'due_at',
  'due_time_zone',
  'recurrence',
  'recurrence_basis',
  'tag_ids',
  'list_id',
  'parent_id',
  'rank',
  'deleted_at',
];

/** Of what was purged from the trash nothing is remembered. */
const RECORD = `
  create function tasks_record() returns trigger language plpgsql as $$
  declare
    changes jsonb := '{}';
  begin
    if new.purged_at is not null then
      delete from task_changes where user_id = new.user_id and task_id = new.id;
      delete from task_occurrences where user_id = new.user_id and task_id = new.id;
      return null;
    end if;${FIELDS.map(
      (field) => `
    if new.${field} is distinct from old.${field} then
      changes := changes || jsonb_build_object('${field}', jsonb_build_array(old.${field}, new.${field}));
    end if;`,
    ).join('')}
    if changes = '{}' then
      return null;
    end if;
    insert into task_changes (user_id, task_id, version, changed_at, changes)
    values (new.user_id, new.id, new.version, new.updated_at, changes);
    return null;
  end $$`;

/** Acts for the owner, since the rows are those of all users, and not on a search path of the caller's. */
const PURGE = (name: string, statement: string) => `
  do $migration$
  begin
    execute format($$
      create function ${name}(days integer) returns integer language plpgsql
      security definer set search_path = pg_catalog, %1$I, pg_temp as $function$
      declare
        removed integer;
      begin
        ${statement}
        get diagnostics removed = row_count;
        return removed;
      end $function$
    $$, current_schema());
  end $migration$`;

/**
 * The tombstone stays, for devices that have not heard of it. What somebody holds, or whose owner somebody holds, is left
 * for the next time: whoever waited for one of them would have the owners of all the others wait behind it.
 */
const EMPTY_TRASH = `
        update tasks set title = '-', description = null, due_date = null, due_at = null, due_time_zone = null,
          recurrence = null, tag_ids = '{}', list_id = null, parent_id = null, rank = null, purged_at = now()
        where id in (
          select tasks.id from tasks join users on users.id = tasks.user_id
          where tasks.deleted_at <= now() - make_interval(days => greatest(days, 1)) and tasks.purged_at is null
          order by tasks.deleted_at limit 10000
          for update of tasks skip locked for no key update of users skip locked
        );`;

const FORGET_CHANGES = `
        delete from task_changes where ctid in (
          select ctid from task_changes where changed_at <= now() - make_interval(days => greatest(days, 1))
          limit 10000 for update skip locked
        );`;

/** What became of a task, change by change, and which occurrences of it were completed. */
export class RecordChanges extends Migration {
  override up(): void {
    // Versions are those that a change led to.
    this.addSql(`
      create table task_changes (
        user_id text not null,
        task_id uuid not null,
        version integer not null,
        changed_at timestamptz(3) not null,
        changes jsonb not null,
        constraint task_changes_pkey primary key (user_id, task_id, version),
        constraint task_changes_task_id_fkey foreign key (user_id, task_id)
          references tasks (user_id, id) on delete cascade
      )`);
    // Rows come in the order of their times, which this index takes no room for.
    this.addSql('create index task_changes_changed_at_index on task_changes using brin (changed_at)');

    this.addSql(`
      create table task_occurrences (
        user_id text not null,
        task_id uuid not null,
        version integer not null,
        due_date date,
        due_at timestamptz(3),
        completed_at timestamptz(3) not null,
        undone_by integer,
        constraint task_occurrences_pkey primary key (user_id, task_id, version),
        constraint task_occurrences_task_id_fkey foreign key (user_id, task_id)
          references tasks (user_id, id) on delete cascade
      )`);

    for (const table of ['task_changes', 'task_occurrences']) {
      this.addSql(`alter table ${table} enable row level security`);
      this.addSql(`grant select, insert, delete on ${table} to ${ROLE}`);
      this.addSql(`create policy ${table}_own on ${table} to ${ROLE} using (${OWN}) with check (${OWN})`);
    }

    this.addSql(`grant update (version, undone_by) on task_occurrences to ${ROLE}`);

    this.addSql(PURGE('purge_trash', EMPTY_TRASH));
    this.addSql(PURGE('purge_task_changes', FORGET_CHANGES));
    for (const name of ['purge_trash', 'purge_task_changes']) {
      this.addSql(`revoke execute on function ${name} from public`);
      this.addSql(`grant execute on function ${name} to ${ROLE}`);
    }

    this.addSql(RECORD);
    this.addSql('create trigger tasks_record after update on tasks for each row execute function tasks_record()');
  }

  override down(): void {
    this.addSql('drop function tasks_record cascade');
    this.addSql('drop function purge_task_changes');
    this.addSql('drop function purge_trash');
    this.addSql('drop table task_occurrences');
    this.addSql('drop table task_changes');
  }
}
