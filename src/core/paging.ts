import { z } from 'zod';

/** What every list of both APIs accepts to be asked for one page of it. */

export const DEFAULT_PAGE_SIZE = 20;
export const MAXIMUM_PAGE_SIZE = 100;
export const MAXIMUM_PAGE = 1_000_000;

export const pageSize = z
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(MAXIMUM_PAGE_SIZE, `must be at most ${MAXIMUM_PAGE_SIZE}`);

export const pageNumber = z
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(MAXIMUM_PAGE, `must be at most ${MAXIMUM_PAGE}`);

export const cursorText = z.string().min(1, 'is not a cursor').max(2048, 'is not a cursor');
