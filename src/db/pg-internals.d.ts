/** What the types of node-postgres leave out of its package. */
declare module 'pg/lib/utils.js' {
  const utils: {
    /** A JavaScript value as PostgreSQL reads it. */
    prepareValue(value: unknown): string | Buffer | null;
  };
  export default utils;
}
