import { Migration } from '@mikro-orm/migrations';
import { HOLD_PARTS } from './20261127202000-plan-tasks.ts';

const ROLE = 'premium_todo_app';

/** Of the advisory lock that whoever listens for changes holds shared; `src/db/change-listener.ts` has the same. */
const LISTENERS = '7307119426';

/** As it was: each row counts its owner's number up. */
const COUNT_UP = `
    update users set rev = rev + 1 where id = new.user_id and deleted_at is null returning rev into new.rev;
    if not found then
      raise foreign_key_violation using constraint = 'tasks_user_id_fkey', message = 'the owner does not exist';
    end if;`;

/**
 * Each row takes the next number of the block that its transaction has reserved, as long as there is one. Counting up
 * makes another version of the owner's row each time, and ten thousand of them in one transaction take seconds.
 */
const TAKE_OR_COUNT_UP = `
    block := string_to_array(nullif(current_setting('app.task_numbers', true), ''), ':');
    if block[3] = md5(new.user_id) and block[1]::bigint <= block[2]::bigint then
      new.rev := block[1]::bigint;
      perform set_config('app.task_numbers', concat_ws(':', new.rev + 1, block[2], block[3]), true);
    else${COUNT_UP.replaceAll('\n', '\n  ')}
    end if;`;

/** The numbers of all that follow are taken at once; few are as well counted one by one. */
const RESERVE_FOR_PARTS = `
    if cardinality(parts) > 10 then
      perform reserve_task_numbers(new.user_id, cardinality(parts) + 1);
    end if;`;

const STAMP = (declaration: string, number: string) => `
  create or replace function tasks_stamp() returns trigger language plpgsql as $$${declaration}
  begin${number}
    if tg_op = 'INSERT' then
      new.version := 1;
      new.updated_at := new.created_at;
      new.completed_at := case when new.completed then coalesce(new.completed_at, new.created_at) end;
    else
      new.user_id := old.user_id;
      new.created_at := old.created_at;
      new.version := old.version + 1;
      new.updated_at := clock_timestamp();
      new.completed_at := case
        when not new.completed then null
        when old.completed then old.completed_at
        else new.updated_at
      end;
    end if;
    if not (pg_try_advisory_lock(${LISTENERS}) and pg_advisory_unlock(${LISTENERS})) then
      perform pg_notify('premium_todo_changes', new.user_id);
    end if;
    return new;
  end $$`;

/** A transaction that changes very many tasks of one user takes their numbers at once. */
export class NumberInBlocks extends Migration {
  override up(): void {
    // The owner's row is locked by it until the end, as by the first of the changes, so that the order is still that of commits.
    this.addSql(`
      create function reserve_task_numbers(owner text, amount integer) returns void language plpgsql as $$
      declare
        last bigint;
      begin
        update users set rev = rev + amount where id = owner and deleted_at is null returning rev into last;
        if found then
          perform set_config('app.task_numbers', concat_ws(':', last - amount + 1, last, md5(owner)), true);
        end if;
      end $$`);
    this.addSql('revoke execute on function reserve_task_numbers from public');
    this.addSql(`grant execute on function reserve_task_numbers to ${ROLE}`);
    this.addSql(STAMP('\n  declare\n    block text[];', TAKE_OR_COUNT_UP));
    this.addSql(HOLD_PARTS(RESERVE_FOR_PARTS));
  }

  override down(): void {
    this.addSql(HOLD_PARTS(''));
    this.addSql(STAMP('', COUNT_UP));
    this.addSql('drop function reserve_task_numbers');
  }
}
