import { v5 as uuidv5 } from 'uuid';
import type { ImportFormat } from './file-formats.ts';

/** Every imported task's id comes from this and the user's salt: others would make every list new. */
const NAMESPACE = '5f1a8e0c-6d0b-4a51-9c1e-2f7f3b9d4e68';

/** The id of the next task of a title: the same in every import of the same list. */
export function createIds(salt: string): (title: string) => string {
  const counts = new Map<string, number>();
  return (title) => {
    const count = (counts.get(title) ?? 0) + 1;
    counts.set(title, count);
    return uuidv5(JSON.stringify([salt, title, count]), NAMESPACE);
  };
}

/** The id of the task that a file has under a key: of a title and its number as above, of a UID another one. */
export function idOfKey(salt: string, format: ImportFormat, key: string): string {
  const parts: unknown[] = format === 'ICALENDAR' ? ['uid', key] : JSON.parse(key);
  return uuidv5(JSON.stringify([salt, ...parts]), NAMESPACE);
}
