import { isRefusedOption, missingRight } from '../db/errors.ts';

/** Errors whose message tells the one who starts the server what to put right. They are told by name: see `main.ts`. */
const SELF_EXPLAINING = new Set(['ConfigError', 'MigrationError', 'RoleError', 'ShutdownError', 'WorkerError']);

/** PostgreSQL knows neither this user with this password nor this database. */
const REFUSED = new Set(['28000', '28P01', '3D000']);

/** What went wrong in one sentence, where the one who starts the server can put it right. */
export function explained(error: unknown): string | undefined {
  if (error instanceof Error && SELF_EXPLAINING.has(error.name)) return error.message;
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code !== undefined && REFUSED.has(code)) {
    return `PostgreSQL refuses the connection, ${message}: put DATABASE_URL or DATABASE_URL_DIRECT right.`;
  }
  if (isRefusedOption(error)) {
    return `The pooler of DATABASE_URL says "${message}": set DATABASE_STATEMENT_TIMEOUT=0, and the limit on the role.`;
  }
  const right = missingRight(error);
  if (right !== undefined) return `PostgreSQL refuses the role what it needs: ${right}. npm run doctor says more.`;
  return code === 'EADDRINUSE' ? `Port ${port} is in use: stop what uses it, or set PORT to another one.` : undefined;
}
