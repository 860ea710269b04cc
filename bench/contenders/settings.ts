/** What the runner tells the contenders in bench/contenders through their environment. */
export const PORT = Number(required('PORT'));
export const DATABASE_URL = required('DATABASE_URL');
/** Of the role that owns the tables, for those that prepare the database; the others are the owner anyway. */
export const OWNER_DATABASE_URL = process.env.DATABASE_URL_DIRECT ?? DATABASE_URL;
export const TOKEN_KEY = new TextEncoder().encode(required('BETTER_AUTH_SECRET'));

/** As many database connections as the product opens by default. */
export const POOL_SIZE = 10;

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; contenders are started by bench/run.ts`);
  return value;
}
