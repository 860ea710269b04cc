import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IdempotencyKey } from '../core/idempotency-key.ts';

/** The key that a request names itself by; an answer that was given before says so in a header. */
export function idempotencyKeyOf(
  { headers }: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
): IdempotencyKey | undefined {
  const value = headers['idempotency-key'];
  if (typeof value !== 'string') return undefined;
  return { value, name: 'Idempotency-Key', onReplay: () => void reply.header('idempotency-replayed', 'true') };
}
