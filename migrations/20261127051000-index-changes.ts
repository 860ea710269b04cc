import { Migration } from '@mikro-orm/migrations';

/** The changes of a user in their order, and the tombstones to be purged. */
export class IndexChanges extends Migration {
  /** Building an index beside writes cannot be part of a transaction. Every step may be taken twice. */
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    // What an interrupted build leaves behind is no index.
    this.addSql('drop index concurrently if exists tasks_rev_index');
    this.addSql('create index concurrently tasks_rev_index on tasks (user_id, rev)');
    this.addSql('drop index concurrently if exists tasks_deleted_at_index');
    this.addSql('create index concurrently tasks_deleted_at_index on tasks (deleted_at) where deleted_at is not null');
  }

  override down(): void {
    this.addSql('drop index concurrently if exists tasks_deleted_at_index');
    this.addSql('drop index concurrently if exists tasks_rev_index');
  }
}
