import { z } from 'zod';
import { DEFAULT_PAGE_SIZE, MAXIMUM_PAGE, MAXIMUM_PAGE_SIZE } from '../core/paging.ts';

/** How REST takes and shows pages, the same for every list. */

const whole = (description: string, maximum: number, fallback: number) =>
  z
    .string('must be given once')
    .regex(/^\d{1,7}$/, { error: 'must be a whole number', abort: true })
    .refine((text) => Number(text) >= 1, 'must be at least 1')
    .refine((text) => Number(text) <= maximum, `must be at most ${maximum}`)
    .default(String(fallback))
    // A parameter is text to the server and a number to clients.
    .meta({
      description,
      type: 'integer',
      format: 'int32',
      minimum: 1,
      maximum,
      default: fallback,
      pattern: undefined,
    });

/** The query parameters of a list of `things`. */
export const pageParameters = (things: string) => ({
  page: whole('Which page, from 1.', MAXIMUM_PAGE, 1),
  limit: whole(`${things} on a page.`, MAXIMUM_PAGE_SIZE, DEFAULT_PAGE_SIZE),
});

const count = z.int32().min(0).meta({ format: 'int32' });

/** The body of a page of `things`. */
export const pageOf = <Item extends z.ZodType>(item: Item, things: string) =>
  z.object({
    items: z.array(item).meta({ maxItems: MAXIMUM_PAGE_SIZE }),
    total: count.describe(`${things} on all pages.`),
    page: count,
    limit: count,
  });

/** Where a page lies among all. */
export interface PagePlace {
  page: number;
  limit: number;
  total: number;
}

/** The `Link` header of a page (RFC 8288): first, prev, next and last with everything else of the query kept. */
export function pageLinks(url: string, { page, limit, total }: PagePlace): string {
  const lastPage = Math.max(1, Math.ceil(total / limit));
  const end = url.indexOf('?');
  const [path, query] = end < 0 ? [url, ''] : [url.slice(0, end), url.slice(end + 1)];
  const link = (relation: string, target: number) => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(target));
    return `<${path}?${parameters}>; rel="${relation}"`;
  };
  return [
    link('first', 1),
    ...(page > 1 ? [link('prev', Math.min(page - 1, lastPage))] : []),
    ...(page < lastPage ? [link('next', page + 1)] : []),
    link('last', lastPage),
  ].join(', ');
}
