/** Writes what the front end sends, for servers with PERSISTED_ONLY; with --check it writes nothing and says whether that is stale. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DocumentNode, Kind, print } from 'graphql';
import { createCache } from '../examples/web/src/apollo/cache.ts';
import * as generated from '../examples/web/src/generated/graphql.ts';

const OPERATIONS = 'examples/web/operations.json';

/** To the letter: Apollo Client adds `__typename`, and its links print what they send. */
function operations(): string {
  const cache = createCache();
  const documents = Object.values(generated) as TypedDocumentNode[];
  const texts = documents.filter(isOperation).map((document) => print(cache.transformDocument(document)));
  const entries = texts.map((text) => [createHash('sha256').update(text).digest('hex'), text] as const);
  return `${JSON.stringify(Object.fromEntries(entries.sort()), null, 2)}\n`;
}

function isOperation({ definitions }: DocumentNode): boolean {
  return definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
}

const path = join(import.meta.dirname, '..', OPERATIONS);
const content = operations();
if (content !== (await readFile(path, 'utf8').catch(() => undefined))) {
  if (process.argv.includes('--check')) {
    console.error(`${OPERATIONS} is stale: npm run generate`);
    process.exitCode = 1;
  } else {
    await writeFile(path, content);
    console.log(`wrote ${OPERATIONS}`);
  }
}
