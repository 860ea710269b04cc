import { Migration } from '@mikro-orm/migrations';

const ROLE = 'premium_todo_app';

/**
 * What was answered to a request with an idempotency key, kept for 24 hours. Servers of the version before go on: they
 * neither read nor write the answer, and every key still has the id of a task, which is what they look for.
 */
export class KeepWholeAnswers extends Migration {
  /** Building an index beside writes cannot be part of a transaction. Every step may be taken twice. */
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    // As text that is given back as it was, which jsonb is not. Without a default it changes no row. A key of before has none, and goes on being bound to its task.
    // Without a transaction no limit holds but this one; what builds the index must have none.
    this.addSql("set lock_timeout = '5s'");
    this.addSql('alter table idempotency_keys add column if not exists answer json');
    this.addSql('set lock_timeout = 0');

    // For the purge, which removes the oldest. What an interrupted build leaves behind is no index.
    this.addSql('drop index concurrently if exists idempotency_keys_created_at_index');
    this.addSql('create index concurrently idempotency_keys_created_at_index on idempotency_keys (created_at)');

    // Acts for the owner, since the rows are those of all users; qualified and without a search path of the caller's.
    this.addSql(`
      do $migration$
      begin
        execute format($$
          create or replace function purge_idempotency_keys() returns integer language plpgsql
          security definer set search_path = pg_catalog, pg_temp as $function$
          declare
            removed integer;
          begin
            delete from %1$I.idempotency_keys where (user_id, key) in (
              select user_id, key from %1$I.idempotency_keys where created_at <= now() - interval '24 hours'
              order by created_at limit 10000 for update skip locked
            );
            get diagnostics removed = row_count;
            return removed;
          end $function$
        $$, current_schema());
      end $migration$`);
    this.addSql('revoke execute on function purge_idempotency_keys from public');
    this.addSql(`grant execute on function purge_idempotency_keys to ${ROLE}`);
  }

  override down(): void {
    this.addSql('drop function if exists purge_idempotency_keys');
    this.addSql('drop index concurrently if exists idempotency_keys_created_at_index');
    this.addSql('alter table idempotency_keys drop column if exists answer');
  }
}
