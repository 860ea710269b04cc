import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ResultCache } from '../core/result-cache.ts';
import { isCurrent, nameRevision } from './revalidation.ts';

interface Page {
  /** the `Link` header */
  readonly link: string;
  readonly body: unknown;
}

interface PageOf {
  /** what is in it depends on when it is asked for, so that it is neither kept nor ever current */
  readonly isTimeBound: boolean;
  readonly make: () => Promise<Page>;
}

/**
 * Answers a page of what a user owns: as it was kept, if nothing has changed since, and with 304 if the client has it
 * already. The URL is all that `make` may look at beside the user.
 */
export async function answerRevised(
  results: ResultCache,
  userId: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { isTimeBound, make }: PageOf,
): Promise<FastifyReply> {
  if (isTimeBound) return sendPage(reply, await makeText(reply, make));
  const mustKnow = request.headers['if-none-match'] !== undefined;
  const { text, revision, keep } = await results.lookUp(userId, request.url, mustKnow);
  const isKnown = isCurrent(request.raw, revision);
  const made = isKnown || text !== undefined ? undefined : await makeText(reply, make);
  if (made !== undefined) keep(made);
  if (revision !== undefined) nameRevision(reply.raw, revision);
  return isKnown ? reply.code(304).send(null) : sendPage(reply, made ?? text ?? '');
}

async function makeText(reply: FastifyReply, make: PageOf['make']): Promise<string> {
  const { link, body } = await make();
  return `${link}\n${reply.serialize(body as Parameters<FastifyReply['serialize']>[0])}`;
}

/** The link is one line, as every header. */
function sendPage(reply: FastifyReply, text: string): FastifyReply {
  const end = text.indexOf('\n');
  return reply
    .header('link', text.slice(0, end))
    .type('application/json; charset=utf-8')
    .send(text.slice(end + 1));
}
