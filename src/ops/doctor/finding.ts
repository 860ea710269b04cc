/** What a check has found; a fault keeps the server from working, or from being safe. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'fault';
  readonly says: string;
  /** how to put it right */
  readonly fix?: string;
}

export const ok = (check: string, says: string): Finding => ({ check, status: 'ok', says });
export const warning = (check: string, says: string, fix: string): Finding => ({ check, status: 'warning', says, fix });
export const fault = (check: string, says: string, fix: string): Finding => ({ check, status: 'fault', says, fix });

/** An error without what may be secret: PostgreSQL's own words name roles and databases, never passwords. */
export function reason(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  const words = (message ?? '').replaceAll(/\w+:\/\/\S+/g, '(a URL)').trim();
  return words === '' ? (code ?? 'unknown') : words;
}
