/** Errors whose message tells the one who starts the server what to put right. They are told by name: see `main.ts`. */
const SELF_EXPLAINING = new Set(['ConfigError', 'MigrationError', 'RoleError', 'ShutdownError', 'WorkerError']);

/** What went wrong in one sentence, where the one who starts the server can put it right. */
export function explained(error: unknown): string | undefined {
  if (error instanceof Error && SELF_EXPLAINING.has(error.name)) return error.message;
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  return code === 'EADDRINUSE' ? `Port ${port} is in use: stop what uses it, or set PORT to another one.` : undefined;
}
