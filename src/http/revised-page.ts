import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ResultCache } from '../core/result-cache.ts';
import { isCurrent, nameRevision } from './revalidation.ts';

interface Page {
  /** the `Link` header */
  readonly link: string;
  readonly body: unknown;
  /** what is in it depends on when it is asked for, so that it is not to be kept */
  readonly isTimeBound?: boolean;
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
  make: () => Promise<Page>,
): Promise<FastifyReply> {
  const mustKnow = request.headers['if-none-match'] !== undefined;
  const { text, revision, keep } = await results.lookUp(userId, request.url, mustKnow);
  const isKnown = isCurrent(request.raw, revision);
  const made = isKnown || text !== undefined ? undefined : await makeText(reply, make);
  if (made && !made.isTimeBound) keep(made.text);
  if (revision !== undefined && !made?.isTimeBound) nameRevision(reply.raw, revision);
  return isKnown ? reply.code(304).send(null) : sendPage(reply, made?.text ?? text ?? '');
}

async function makeText(reply: FastifyReply, make: () => Promise<Page>) {
  const { link, body, isTimeBound = false } = await make();
  return { text: `${link}\n${reply.serialize(body as Parameters<FastifyReply['serialize']>[0])}`, isTimeBound };
}

/** The link is one line, as every header. */
function sendPage(reply: FastifyReply, text: string): FastifyReply {
  const end = text.indexOf('\n');
  return reply
    .header('link', text.slice(0, end))
    .type('application/json; charset=utf-8')
    .send(text.slice(end + 1));
}
