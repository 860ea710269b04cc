import { Migration } from '@mikro-orm/migrations';

const ROLE = 'premium_todo_app';
const EVENTS = [
  'SIGNED_UP',
  'SIGNED_IN',
  'SIGN_IN_FAILED',
  'SIGNED_OUT',
  'PASSWORD_CHANGED',
  'FIRST_SEEN',
  'TOKEN_REFUSED',
  'ACCESS_DENIED',
  'LIMIT_HIT',
  'TOKENS_REVOKED',
  'ACCOUNT_DELETED',
  'RESTORED',
];

/** The log of security events: rows are added, shown to the user whom they are about, and removed when they are old. */
export class CreateAuditEvents extends Migration {
  override up(): void {
    // No foreign key to users: what happened outlives the account that it happened to. The detail is a word of a list
    // that the server keeps; its form alone is checked here, so that a new word needs no migration.
    this.addSql(`
      create table audit_events (
        id uuid not null,
        user_id text,
        event text not null,
        outcome text not null,
        detail text,
        address text,
        request_id text,
        occurrences integer not null default 1,
        occurred_at timestamptz(3) not null,
        last_at timestamptz(3) not null,
        constraint audit_events_pkey primary key (id),
        constraint audit_events_user_id_length check (length(user_id) between 1 and 255),
        constraint audit_events_event_known check (event in (${EVENTS.map((name) => `'${name}'`).join(', ')})),
        constraint audit_events_outcome_known check (outcome in ('SUCCEEDED', 'REFUSED')),
        constraint audit_events_detail_form check (detail ~ '^[A-Z][A-Z_]{0,39}$'),
        constraint audit_events_address_length check (length(address) between 1 and 45),
        constraint audit_events_request_id_length check (length(request_id) between 1 and 128),
        constraint audit_events_occurrences_positive check (occurrences >= 1),
        constraint audit_events_last_at_order check (last_at >= occurred_at)
      )`);
    this.addSql('create index audit_events_user_id_index on audit_events (user_id, occurred_at desc, id desc)');
    // For the purge, which removes the oldest.
    this.addSql('create index audit_events_occurred_at_index on audit_events (occurred_at)');

    this.addSql(`grant select, insert on audit_events to ${ROLE}`);
    this.addSql('alter table audit_events enable row level security');
    this.addSql(`
      create policy audit_events_own on audit_events for select to ${ROLE}
      using (user_id = (select current_setting('app.user_id', true)))`);
    // Whom an event is about need not be who acts: a forged token, a password tried on somebody's account.
    this.addSql(`create policy audit_events_any on audit_events for insert to ${ROLE} with check (true)`);

    // For the owner of the table too, lest a slip of the hand rewrites what happened. Nothing younger than a day can be
    // removed at all without taking the trigger away first.
    this.addSql(`
      create function audit_events_append_only() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and current_setting('audit.purging', true) = 'on'
          and old.occurred_at < now() - interval '1 day'
        then
          return old;
        end if;
        raise insufficient_privilege using message = 'security events are only added: ' || lower(tg_op) || ' is refused';
      end $$`);
    this.addSql(`
      create trigger audit_events_append_only before update or delete on audit_events
      for each row execute function audit_events_append_only()`);
    this.addSql(`
      create trigger audit_events_never_truncated before truncate on audit_events
      for each statement execute function audit_events_append_only()`);

    // Qualified and without a search path of the caller's, since it acts for the owner.
    this.addSql(`
      do $migration$
      begin
        execute format($$
          create function purge_audit_events(keep_days integer) returns integer language plpgsql
          security definer set search_path = pg_catalog, pg_temp as $function$
          declare
            removed integer;
          begin
            if keep_days is null or keep_days < 1 then
              raise invalid_parameter_value using message = 'security events are kept for a day at least';
            end if;
            perform set_config('audit.purging', 'on', true);
            delete from %1$I.audit_events where id in (
              select id from %1$I.audit_events where occurred_at < now() - make_interval(days => keep_days)
              order by occurred_at limit 10000 for update skip locked
            );
            get diagnostics removed = row_count;
            perform set_config('audit.purging', 'off', true);
            return removed;
          end $function$
        $$, current_schema());
      end $migration$`);
    this.addSql('revoke execute on function purge_audit_events from public');
    this.addSql(`grant execute on function purge_audit_events to ${ROLE}`);
  }

  override down(): void {
    this.addSql('drop function purge_audit_events');
    this.addSql('drop table audit_events');
    this.addSql('drop function audit_events_append_only');
  }
}
