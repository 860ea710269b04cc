import { z } from 'zod';
import { cursorText, pageNumber, pageSize } from '../core/paging.ts';

export const auditConnectionQuery = z.strictObject({ first: pageSize.nullish(), after: cursorText.nullish() });
export type AuditConnectionQuery = z.input<typeof auditConnectionQuery>;

export const auditPageQuery = z.strictObject({ page: pageNumber, limit: pageSize });
export type AuditPageQuery = z.input<typeof auditPageQuery>;
