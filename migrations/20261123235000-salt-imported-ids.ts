import { Migration } from '@mikro-orm/migrations';

/** What makes the ids of a user's imported tasks impossible to guess: whoever knows the titles does not know the ids. */
export class SaltImportedIds extends Migration {
  override up(): void {
    this.addSql('alter table users add column import_salt uuid not null default gen_random_uuid()');
  }

  override down(): void {
    this.addSql('alter table users drop column import_salt');
  }
}
