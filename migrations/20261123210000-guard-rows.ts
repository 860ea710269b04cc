import { Migration } from '@mikro-orm/migrations';

const ROLE = 'premium_todo_app';
const OWN = (column: string) => `${column} = (select current_setting('app.user_id', true))`;

/**
 * The second wall between users: the server's role owns nothing, and row-level security compares each row's owner with
 * `app.user_id`, which every statement of the server sets for its own transaction. Without it there are no rows.
 */
export class GuardRows extends Migration {
  override up(): void {
    // Roles belong to the whole server of databases: another database, or an operator, may have made it already.
    this.addSql(`
      do $$
      begin
        if not exists (select from pg_roles where rolname = '${ROLE}') then
          begin
            create role ${ROLE} nologin;
          exception when duplicate_object or unique_violation then null;
          end;
        end if;
        if not (select rolsuper from pg_roles where rolname = current_user) then
          execute format('grant ${ROLE} to %I', current_user);
        end if;
      exception when insufficient_privilege then
        if not exists (select from pg_roles where rolname = '${ROLE}')
          or not pg_has_role(current_user, '${ROLE}', 'member')
        then
          raise exception using
            errcode = 'insufficient_privilege',
            message = format('%I may not create roles: let a superuser run once: create role ${ROLE}; grant ${ROLE} to %1$I', current_user);
        end if;
      end $$`);
    this.addSql(`
      do $$ begin
        execute format('grant usage on schema %I to ${ROLE}', current_schema());
      end $$`);

    this.addSql(`grant select, insert, update on users to ${ROLE}`);
    this.addSql(`grant select, insert, update, delete on tasks, idempotency_keys to ${ROLE}`);
    // Readiness asks whether migrations are pending.
    this.addSql(`grant select on migrations to ${ROLE}`);

    // The sub-select is evaluated once for each statement, and leaves the indexes usable.
    this.addSql('alter table users enable row level security');
    this.addSql(`create policy users_own on users to ${ROLE} using (${OWN('id')}) with check (${OWN('id')})`);
    for (const table of ['tasks', 'idempotency_keys']) {
      this.addSql(`alter table ${table} enable row level security`);
      this.addSql(
        `create policy ${table}_own on ${table} to ${ROLE} using (${OWN('user_id')}) with check (${OWN('user_id')})`,
      );
    }

    // The one question about others' rows: which of these ids are theirs. It turns "not found" into "forbidden".
    this.addSql(`
      create function tasks_of_others(ids uuid[]) returns setof uuid language sql stable security definer
      begin atomic
        select id from tasks
        where id = any(ids) and deleted_at is null and user_id <> (select current_setting('app.user_id', true));
      end`);
    this.addSql('revoke execute on function tasks_of_others from public');
    this.addSql(`grant execute on function tasks_of_others to ${ROLE}`);

    // PostgreSQL evaluates a policy before operators that are not leakproof, and @@ is none: under the policy a search
    // reads all tasks of the user (1 s for 100,000) instead of the index of words (3 ms). A view of the owner's has the
    // same condition without that order.
    this.addSql(`
      create view searched_tasks as
      select * from tasks where deleted_at is null and ${OWN('user_id')}`);
    this.addSql(`grant select on searched_tasks to ${ROLE}`);
  }

  /** The role stays: other databases of the server may use it. */
  override down(): void {
    this.addSql('drop view searched_tasks');
    this.addSql('drop function tasks_of_others');
    for (const table of ['idempotency_keys', 'tasks', 'users']) {
      this.addSql(`drop policy ${table}_own on ${table}`);
      this.addSql(`alter table ${table} disable row level security`);
      this.addSql(`revoke all on ${table} from ${ROLE}`);
    }
    this.addSql(`revoke all on migrations from ${ROLE}`);
  }
}
