import type { AuditPage } from '../audit/audit.service.ts';
import type { Timestamp } from '../core/timestamp.ts';
import type { LabelRow } from '../labels/label.ts';
import { toResource } from '../tasks/task.resource.ts';
import type { TaskRow } from '../tasks/task.ts';
import type { UserService } from '../users/user.service.ts';

/**
 * The lines of an export. Names are those of REST; `type` says what a line is about. The last line counts the others: a
 * file without it was cut off.
 */

const VERSION = 1;

type User = Awaited<ReturnType<UserService['profile']>>;

export function headerLine(exportedAt: Timestamp): string {
  return line({ type: 'export', version: VERSION, exported_at: exportedAt });
}

export function userLine({ id, email, name, createdAt }: User): string {
  return line({ type: 'user', id, email, name, created_at: createdAt });
}

export function labelLine(type: 'tag' | 'list', { id, name, color }: LabelRow): string {
  return line({ type, id, name, color });
}

export function taskLine(task: TaskRow): string {
  return line({ type: 'task', ...toResource(task) });
}

export function eventLine(event: AuditPage['items'][number]): string {
  const { requestId, occurredAt, lastAt, ...same } = event;
  return line({ type: 'security_event', ...same, request_id: requestId, occurred_at: occurredAt, last_at: lastAt });
}

export function endLine(tasks: number, events: number): string {
  return line({ type: 'end', tasks, security_events: events });
}

function line(content: Record<string, unknown> & { type: string }): string {
  return `${JSON.stringify(content)}\n`;
}
