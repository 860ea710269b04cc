import { Migration } from '@mikro-orm/migrations';

/** Search text outside of quotes and each text between two of them. Telephones type the curved ones by themselves. */
const PARTS = `
  select regexp_replace(plain, '"[^"]*"', ' ', 'g'), false from translate(words, '“”„', '"""') plain
  union all
  select phrase[1], true from regexp_matches(translate(words, '“”„', '"""'), '"([^"]*)"', 'g') phrase`;

const HASH_DIGITS = 3;
const HASH = `left(md5(user_id), ${HASH_DIGITS})`;
/** A tsvector's words as one text, each behind the owner's hash. Words hold no spaces: search_words made them. */
const KEYS = `${HASH} || array_to_string(tsvector_to_array(search), ' ' || ${HASH})`;
/** A word of a tsvector has at most 2046 bytes; below this size of the whole no word can have more with the hash. */
const MAXIMUM_BYTES = 2000;
/** characters of a key where words are cut */
const MAXIMUM_KEY = 100;

/** Both indexes hold live tasks only, and are built and dropped while others write. */
const index = (name: string, search: string) =>
  `create index concurrently ${name} on tasks using gin (user_id, ${search}) where deleted_at is null`;

/**
 * Phrases in double quotes, and an index of words that keeps users apart: with the owner and the words as two columns of
 * one GIN index, a prefix reads every user's matches before it leaves out those of others (a user of 200 tasks among a
 * million: 230 ms for "a").
 */
export class SearchOwnWords extends Migration {
  /** Building an index beside writes cannot be part of a transaction. Every step may be taken twice. */
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    this.addSql(`
      create or replace function search_parts(words text) returns table (part text, is_phrase boolean)
      language sql immutable parallel safe
      begin atomic ${PARTS}; end`);

    // A phrase is whole words next to each other, all of the title (weight A) or all of the description (B). Lexemes
    // hold neither quotes nor backslashes: search_words made spaces of them.
    this.addSql(`
      create or replace function search_query(words text) returns tsquery language sql immutable parallel safe
      return (
        select string_agg(condition, ' & ')::tsquery
        from (
          select '''' || lexeme || ''':*'
          from search_parts(words), unnest(to_tsvector('pg_catalog.simple', search_words(part)))
          where not is_phrase
          union all
          select format('(%s | %s)', regexp_replace(phrase, quoted, '\\1:A', 'g'), regexp_replace(phrase, quoted, '\\1:B', 'g'))
          from search_parts(words),
            cast(phraseto_tsquery('pg_catalog.simple', search_words(part)) as text) phrase,
            cast('(''[^'']+'')' as text) quoted
          where is_phrase and search_words(part) <> ' ' and search_words(part) <> ''
        ) conditions (condition)
      )`);

    // Each word of a task behind three digits of its owner's hash. Long words are cut where there can be any, because a
    // tsvector that is made of an array does not check that they fit into it; the condition on "search" stays exact.
    // What is asked for leaves out words that are too common to narrow anything, and is null when none is left.
    this.addSql(`
      create or replace function search_keys(user_id text, search tsvector) returns tsvector
      language sql immutable parallel safe
      return array_to_tsvector(string_to_array(
        case when octet_length(search::text) > ${MAXIMUM_BYTES} then regexp_replace(${KEYS}, '([^ ]{${MAXIMUM_KEY}})[^ ]+', '\\1', 'g')
          else ${KEYS} end, ' '))`);
    this.addSql(`
      create or replace function search_keys_query(user_id text, words text, common text[]) returns tsquery
      language sql immutable parallel safe
      return (
        select string_agg(format(
          case when is_phrase and length(lexeme) < ${MAXIMUM_KEY - HASH_DIGITS} then '''%s''' else '''%s'':*' end,
          left(${HASH} || lexeme, ${MAXIMUM_KEY})), ' & ')::tsquery
        from search_parts(words), unnest(to_tsvector('pg_catalog.simple', search_words(part)))
        where lexeme <> all (common)
      )`);

    // What an interrupted build leaves behind is no index.
    this.addSql('drop index concurrently if exists tasks_search_keys_index');
    this.addSql(index('tasks_search_keys_index', 'search_keys(user_id, search)'));
    this.addSql('drop index concurrently if exists tasks_search_index');
  }

  override down(): void {
    this.addSql('drop index concurrently if exists tasks_search_index');
    this.addSql(index('tasks_search_index', 'search'));
    this.addSql('drop index concurrently if exists tasks_search_keys_index');
    this.addSql('drop function if exists search_keys_query');
    this.addSql('drop function if exists search_keys');
    this.addSql(`
      create or replace function search_query(words text) returns tsquery language sql immutable parallel safe
      return (
        select to_tsquery('pg_catalog.simple', string_agg(lexeme || ':*', ' & '))
        from unnest(to_tsvector('pg_catalog.simple', search_words(words)))
      )`);
    this.addSql('drop function if exists search_parts');
  }
}
