import type { z } from 'zod';
import { AppError, BadUserInputError } from './errors.ts';

/**
 * Parses `value` with `schema`, or throws a `BadUserInputError` that lists every fault with its path.
 * `prefix` is put before the paths, so that `title` of an argument called `input` reads `input.title`.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, prefix = ''): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new BadUserInputError(
    result.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ field: path(prefix, [...issue.path, key]), message: 'is not a known field' }))
        : [{ field: path(prefix, issue.path), message: issue.message }],
    ),
  );
}

/** Does `work`, which knows nothing of `prefix`, and puts it before the names of the fields that it is refused for. */
export async function underPath<Result>(prefix: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const fields = error instanceof AppError && error.code === 'BAD_USER_INPUT' ? error.details.fields : undefined;
    if (!fields?.length) throw error;
    throw new BadUserInputError(fields.map(({ field, message }) => ({ field: path(prefix, [field]), message })));
  }
}

function path(prefix: string, segments: readonly PropertyKey[]): string {
  return [...(prefix === '' ? [] : [prefix]), ...segments.map(String)].join('.');
}
