import { Migration } from '@mikro-orm/migrations';

/**
 * Rows that are deleted for good change what their owner sees as much as any other write: `users.rev` names a state of
 * everything that a user owns, and answers are kept under it.
 */
export class ReviseDeletions extends Migration {
  override up(): void {
    // Once for each statement: an erasure may delete a hundred thousand tasks of one user.
    this.addSql(`
      create function tasks_revise_owners() returns trigger language plpgsql as $$
      begin
        update users set rev = rev + 1 where id in (select user_id from gone where deleted_at is null);
        return null;
      end $$`);
    this.addSql(`
      create trigger tasks_revise_owners after delete on tasks referencing old table as gone
      for each statement execute function tasks_revise_owners()`);
    this.addSql(`
      create function tasks_revise_all() returns trigger language plpgsql as $$
      begin
        update users set rev = rev + 1;
        return null;
      end $$`);
    this.addSql(
      'create trigger tasks_revise_all after truncate on tasks for each statement execute function tasks_revise_all()',
    );
  }

  override down(): void {
    this.addSql('drop function tasks_revise_owners cascade');
    this.addSql('drop function tasks_revise_all cascade');
  }
}
