import { Migration } from '@mikro-orm/migrations';

/** What foreign keys that carry the owner refer to: no row can point at another user's task. */
export class IndexOwnedIds extends Migration {
  /** Building an index beside writes cannot be part of a transaction. Every step may be taken twice. */
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    // What an interrupted build leaves behind is no index.
    this.addSql('drop index concurrently if exists tasks_user_id_id_index');
    this.addSql('create unique index concurrently tasks_user_id_id_index on tasks (user_id, id)');
  }

  override down(): void {
    this.addSql('drop index concurrently if exists tasks_user_id_id_index');
  }
}
