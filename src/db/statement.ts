/** A statement that PostgreSQL parses and plans once per connection. Parameters are `$1`, `$2`, … */
export interface Statement {
  /** `undefined` sends it unnamed: parsed each time, kept nowhere */
  readonly name: string | undefined;
  readonly text: string;
}

/** Each name stays in the memory of every connection: beyond this many, texts are sent unnamed. */
const MAXIMUM_NAMED = 500;
const known = new Map<string, Statement>();

/** The statement of a text, the same object for the same text. Texts are made from constants, never from input. */
export function statement(text: string): Statement {
  const existing = known.get(text);
  if (existing) return existing;
  if (known.size >= MAXIMUM_NAMED) return { name: undefined, text };
  const created = { name: `s${known.size}`, text };
  known.set(text, created);
  return created;
}
