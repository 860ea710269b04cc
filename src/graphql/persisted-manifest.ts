import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type GraphQLSchema, parse, validate } from 'graphql';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import type { DocumentGuard } from './document-guard.ts';

const manifest = z.record(z.string().regex(/^(sha256:)?[0-9a-f]{64}$/), z.string());

/** The operations that the server accepts where it accepts no others. */
export interface PersistedManifest {
  /** the document with this SHA-256 hash in hexadecimal, with or without `sha256:` before it */
  textOf(hash: string): string | undefined;
  /** whether the text is one of the documents, to the letter */
  has(text: string): boolean;
}

/**
 * The accepted operations from a file: a JSON object of hashes and documents, as the client preset of GraphQL Code
 * Generator writes it. Checked whole, so that a front end learns of a stale list when the server starts.
 * @throws ConfigError when it cannot be read, is of another form, or holds what this schema does not answer
 */
export async function loadPersistedManifest(
  path: string,
  schema: GraphQLSchema,
  guard: DocumentGuard,
): Promise<PersistedManifest> {
  const texts = await readManifest(path);
  const byHash = new Map<string, string>();
  for (const [id, text] of Object.entries(texts)) {
    const hash = plainHash(id);
    const fault =
      createHash('sha256').update(text).digest('hex') === hash
        ? faultOf(text, schema, guard)
        : 'does not match its hash';
    if (fault !== undefined) throw new ConfigError(`PERSISTED_MANIFEST ${path}: the document ${hash} ${fault}`);
    byHash.set(hash, text);
  }
  const listed = new Set(byHash.values());
  return { textOf: (hash) => byHash.get(plainHash(hash)), has: (text) => listed.has(text) };
}

async function readManifest(path: string): Promise<Record<string, string>> {
  const json = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`PERSISTED_MANIFEST ${path} cannot be read (${error.code}); PERSISTED_ONLY=true needs it`);
  });
  try {
    return manifest.parse(JSON.parse(json));
  } catch {
    throw new ConfigError(`PERSISTED_MANIFEST ${path} is no JSON object of SHA-256 hashes and documents`);
  }
}

function plainHash(id: string): string {
  return id.startsWith('sha256:') ? id.slice('sha256:'.length) : id;
}

function faultOf(text: string, schema: GraphQLSchema, guard: DocumentGuard): string | undefined {
  try {
    guard.cost(text, undefined, {});
    const [error] = validate(schema, parse(text));
    return error && `is not valid: ${error.message}`;
  } catch (error) {
    return `is not valid: ${(error as Error).message}`;
  }
}
