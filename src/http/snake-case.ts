import { BadUserInputError } from '../core/errors.ts';

/** REST's names and those of the services: `due_date` there is `dueDate` here. */

/** Of a dotted path too; headers and what has no capitals stay as they are. */
export function toSnakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const toCamelCase = (name: string) =>
  name.replace(/(?<=[a-z0-9])_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * A body with the names of the services; what it holds is for them to judge.
 * @throws BadUserInputError for what is no object, and for names that only the services use
 */
export function bodyOf(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new BadUserInputError([], 'The body must be a JSON object');
  }
  const foreign = Object.keys(body).filter((name) => toSnakeCase(name) !== name);
  if (foreign.length > 0) {
    throw new BadUserInputError(foreign.map((field) => ({ field, message: `must not be written ${field}` })));
  }
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [toCamelCase(name), value]));
}
