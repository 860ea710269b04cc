import { z } from 'zod';
import { MAXIMUM_PAGE_SIZE } from '../core/paging.ts';
import { pageParameters } from './paging.ts';

/** How REST takes and shows lists that are read on from a place in them. */

const cursor = z.string().meta({ maxLength: 2048, pattern: '^[\\w-]+$' });

/** The query parameters of a list of `things`. */
export const cursorParameters = (things: string) => ({
  limit: pageParameters(things).limit,
  after: cursor.optional().describe('`next_cursor` of the page before; the first page when absent.'),
});

/** The body of a page. */
export const cursorPageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item).meta({ maxItems: MAXIMUM_PAGE_SIZE }),
    next_cursor: cursor.nullable().describe('To be given as `after` for the next page; null when there is none.'),
  });
