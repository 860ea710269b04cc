import { Migration } from '@mikro-orm/migrations';

/**
 * For triggers on the user table of a Better Auth in this database, which the server makes where it finds one: whoever is
 * deleted there has no good token left, though none of them says so. The functions act for the owner of `users`, because
 * that Better Auth may have a role that knows nothing of this schema.
 */
export class EndTokensOfDeletedIdentities extends Migration {
  override up(): void {
    // Qualified and without a search path of the caller's: what it deletes must not decide whose tables these are.
    this.addSql(`
      do $migration$
      begin
        execute format($$
          create function end_tokens_of_deleted_identity() returns trigger language plpgsql
          security definer set search_path = pg_catalog, pg_temp as $function$
          begin
            insert into %1$I.users as known (id, tokens_valid_after)
            select old.id::text, clock_timestamp() where length(old.id::text) between 1 and 255
            on conflict on constraint users_pkey do update
              set tokens_valid_after = greatest(known.tokens_valid_after, excluded.tokens_valid_after);
            return null;
          end $function$
        $$, current_schema());

        -- Runs before the rows are gone, since a truncation does not show them.
        execute format($$
          create function end_tokens_of_all_identities() returns trigger language plpgsql
          security definer set search_path = pg_catalog, pg_temp as $function$
          begin
            execute format(
              'insert into %1$I.users as known (id, tokens_valid_after)
               select id::text, clock_timestamp() from %%I.%%I where length(id::text) between 1 and 255
               on conflict on constraint users_pkey do update
                 set tokens_valid_after = greatest(known.tokens_valid_after, excluded.tokens_valid_after)',
              tg_table_schema, tg_table_name);
            return null;
          end $function$
        $$, current_schema());
      end $migration$`);
    // Nobody else may hang them on a table of his own and end the tokens of any id he puts there.
    this.addSql('revoke execute on function end_tokens_of_deleted_identity, end_tokens_of_all_identities from public');
  }

  /** With the functions go the triggers. */
  override down(): void {
    this.addSql('drop function end_tokens_of_deleted_identity cascade');
    this.addSql('drop function end_tokens_of_all_identities cascade');
  }
}
