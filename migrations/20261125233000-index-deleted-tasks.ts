import { Migration } from '@mikro-orm/migrations';

/** The other indexes leave out deleted tasks: erasing an account looked for them in everybody's tasks. */
export class IndexDeletedTasks extends Migration {
  /** Building an index beside writes cannot be part of a transaction. Every step may be taken twice. */
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    // What an interrupted build leaves behind is no index.
    this.addSql('drop index concurrently if exists tasks_deleted_index');
    this.addSql('create index concurrently tasks_deleted_index on tasks (user_id) where deleted_at is not null');
  }

  override down(): void {
    this.addSql('drop index concurrently if exists tasks_deleted_index');
  }
}
