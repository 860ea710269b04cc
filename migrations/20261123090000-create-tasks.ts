import { Migration } from '@mikro-orm/migrations';

/** A PostgreSQL regular expression: ASCII but letters and digits, then the blocks of punctuation, symbols and spaces. */
const WORD_SEPARATORS =
  '([^a-zA-Z0-9\\u0080-\\U0010ffff]|[\\u0080-\\u00a9\\u00ab-\\u00b4\\u00b6-\\u00b9\\u00bb-\\u00bf\\u00d7\\u00f7' +
  '\\u2000-\\u200b\\u2010-\\u206f\\u20a0-\\u20cf\\u2190-\\u2bff\\u2e00-\\u2e7f\\u3000-\\u3004\\u3008-\\u3020' +
  '\\ufe10-\\ufe1f\\ufe30-\\ufe6f\\uff00-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65])+';

/** Users, tasks with their stamping trigger and search, and the keys that make retried requests harmless. */
export class CreateTasks extends Migration {
  override up(): void {
    // Keeps the owner and the words in one index, so that a search never reads another user's matches.
    this.addSql('create extension if not exists btree_gin');

    this.addSql(`
      create table users (
        id text not null,
        email text,
        name text,
        created_at timestamptz(3) not null default now(),
        rev bigint not null default 0,
        tokens_valid_after timestamptz(3),
        deleted_at timestamptz(3),
        constraint users_pkey primary key (id),
        constraint users_id_length check (length(id) between 1 and 255)
      )`);

    // Punctuation and symbols separate words, so that "backend/app/main.py" is found by "main" and “rate limiting” by
    // "rate". They are listed: what PostgreSQL takes for a letter depends on the database's collation, which a generated
    // column must not, and with the collation C every character beyond ASCII is one.
    this.addSql(`
      create function search_words(document text) returns text language sql immutable parallel safe
      return regexp_replace(document, '${WORD_SEPARATORS}', ' ', 'g')`);
    this.addSql(`
      create function search_query(words text) returns tsquery language sql immutable parallel safe
      return (
        select to_tsquery('pg_catalog.simple', string_agg(lexeme || ':*', ' & '))
        from unnest(to_tsvector('pg_catalog.simple', search_words(words)))
      )`);

    this.addSql(`
      create table tasks (
        id uuid not null,
        user_id text not null,
        title varchar(255) not null,
        description text,
        completed boolean not null default false,
        completed_at timestamptz(3),
        version integer not null default 1,
        rev bigint not null default 0,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        deleted_at timestamptz(3),
        search tsvector not null generated always as (
          setweight(to_tsvector('pg_catalog.simple', search_words(title)), 'A') ||
          setweight(to_tsvector('pg_catalog.simple', search_words(coalesce(description, ''))), 'B')
        ) stored,
        constraint tasks_pkey primary key (id),
        constraint tasks_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
        constraint tasks_title_length check (length(title) between 1 and 255),
        constraint tasks_description_length check (length(description) <= 65536)
      )`);

    // The owner's row is updated first: its lock serialises the writes of one user, so that rev order is commit order
    // and updated_at, read after the lock is held, never goes back.
    this.addSql(`
      create function tasks_stamp() returns trigger language plpgsql as $$
      begin
        update users set rev = rev + 1 where id = new.user_id and deleted_at is null returning rev into new.rev;
        if not found then
          raise foreign_key_violation using constraint = 'tasks_user_id_fkey', message = 'the owner does not exist';
        end if;
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
        return new;
      end $$`);
    this.addSql(
      'create trigger tasks_stamp before insert or update on tasks for each row execute function tasks_stamp()',
    );

    this.addSql(
      'create index tasks_created_at_index on tasks (user_id, created_at desc, id desc) where deleted_at is null',
    );
    this.addSql(
      'create index tasks_updated_at_index on tasks (user_id, updated_at desc, id desc) where deleted_at is null',
    );
    this.addSql('create index tasks_title_index on tasks (user_id, title, id) where deleted_at is null');
    this.addSql(
      'create index tasks_completed_index on tasks (user_id, completed, created_at desc, id desc) where deleted_at is null',
    );
    this.addSql('create index tasks_search_index on tasks using gin (user_id, search) where deleted_at is null');

    this.addSql(`
      create table idempotency_keys (
        user_id text not null,
        key varchar(255) not null,
        fingerprint text not null,
        task_id uuid not null,
        created_at timestamptz(3) not null default now(),
        constraint idempotency_keys_pkey primary key (user_id, key),
        constraint idempotency_keys_user_id_fkey foreign key (user_id) references users (id) on delete cascade
      )`);
  }

  override down(): void {
    this.addSql('drop table idempotency_keys');
    this.addSql('drop table tasks');
    this.addSql('drop function tasks_stamp');
    this.addSql('drop function search_query');
    this.addSql('drop function search_words');
    this.addSql('drop table users');
  }
}
