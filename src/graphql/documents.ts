import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.ts';
import { createDocumentGuard } from './document-guard.ts';
import { type Admission, createAdmission } from './operation-request.ts';
import { loadPersistedManifest } from './persisted-manifest.ts';
import { createPersistedQueries, type PersistedQueries } from './persisted-queries.ts';

/** What decides on documents before they are executed. */
export interface Documents {
  readonly admission: Admission;
  readonly persistedQueries: PersistedQueries;
}

/** @throws ConfigError when the list of accepted operations, where there is one, cannot be used */
export async function createDocuments(
  { documentLimits, persistedManifest }: Pick<Config, 'documentLimits' | 'persistedManifest'>,
  schema: GraphQLSchema,
): Promise<Documents> {
  const guard = createDocumentGuard(schema, documentLimits);
  const persistedQueries = createPersistedQueries();
  const manifest = persistedManifest ? await loadPersistedManifest(persistedManifest, schema, guard) : undefined;
  return { persistedQueries, admission: createAdmission({ guard, textOf: persistedQueries.textOf, manifest }) };
}
