import { Migration } from '@mikro-orm/migrations';

const CONSTRAINTS = [
  'priority_range',
  'due_once',
  'due_time_zone_of_moment',
  'recurrence_of_due',
  'recurrence_basis_known',
  'tag_ids_count',
  'list_id_fkey',
  'parent_id_fkey',
];

/** Rows from before have none of the values that the constraints are about. */
export class ValidatePlans extends Migration {
  override up(): void {
    for (const name of CONSTRAINTS) this.addSql(`alter table tasks validate constraint tasks_${name}`);
  }

  /** A constraint stays valid. */
  override down(): void {}
}
