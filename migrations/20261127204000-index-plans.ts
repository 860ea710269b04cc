import { Migration } from '@mikro-orm/migrations';

const LIVE = 'where deleted_at is null';

/**
 * Orders, and what lists are narrowed to. Due date and priority order each other: soonest first and of these the most
 * urgent, or the other way round.
 */
const INDEXES: Record<string, string> = {
  tasks_due_index: `tasks (user_id, due_sort, priority desc, id desc) ${LIVE}`,
  tasks_priority_index: `tasks (user_id, priority desc, due_sort, id) ${LIVE}`,
  tasks_completed_at_index: `tasks (user_id, completed_at desc, id desc) ${LIVE} and completed_at is not null`,
  tasks_rank_index: `tasks (user_id, (task_rank(rank, created_at, id) collate "C"), id) ${LIVE}`,
  tasks_list_id_index: `tasks (user_id, list_id, (task_rank(rank, created_at, id) collate "C"), id) where list_id is not null`,
  tasks_parent_id_index: `tasks (user_id, parent_id, (task_rank(rank, created_at, id) collate "C"), id) where parent_id is not null`,
  tasks_trash_index: 'tasks (user_id, deleted_at desc, id desc) where deleted_at is not null and purged_at is null',
  tasks_unpurged_index: 'tasks (deleted_at) where deleted_at is not null and purged_at is null',
};

/** Indexes of orders, lists, subtasks and the trash. */
export class IndexPlans extends Migration {
  /** Building an index beside writes cannot be part of a transaction. Every step may be taken twice. */
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    for (const [name, definition] of Object.entries(INDEXES)) {
      // What an interrupted build leaves behind is no index.
      this.addSql(`drop index concurrently if exists ${name}`);
      this.addSql(`create index concurrently ${name} on ${definition}`);
    }
  }

  override down(): void {
    for (const name of Object.keys(INDEXES)) this.addSql(`drop index concurrently if exists ${name}`);
  }
}
