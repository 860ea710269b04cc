import { createHash } from 'node:crypto';
import { InMemoryCache } from '@apollo/client';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset } from '@graphql-codegen/client-preset';

/** The operations that a server with PERSISTED_ONLY accepts, beside the schema instead of among the types. */
const OPERATIONS = 'schema/operations.json';

const buildGeneratesSection: typeof preset.buildGeneratesSection = async (options) => {
  const files = await preset.buildGeneratesSection(options);
  return files.map((file) => ({
    ...file,
    filename: file.filename.replace(/.*persisted-documents\.json$/, OPERATIONS),
  }));
};

type DocumentFile = Parameters<typeof buildGeneratesSection>[0]['documents'][number];

const cache = new InMemoryCache();

function asSent(file: DocumentFile): DocumentFile {
  return file.document ? { ...file, document: cache.transformDocument(file.document) } : file;
}

/**
 * Typed documents for clients, from the committed schema: `npm run generate`. A front end uses the same file with its
 * own documents; the end-to-end tests prove the result against the running server.
 */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['test/e2e/**/*.ts'],
  generates: {
    'test/generated/': {
      preset: { ...preset, buildGeneratesSection },
      presetConfig: {
        fragmentMasking: false,
        // As Apollo Client sends it in its persisted queries; the generator's own form has a prefix.
        persistedDocuments: { hashAlgorithm: (text: string) => createHash('sha256').update(text).digest('hex') },
      },
      // Apollo Client adds `__typename` before it sends: a list without it would name other documents.
      documentTransforms: [{ transform: ({ documents }) => documents.map(asSent) }],
      config: {
        useTypeImports: true,
        enumType: 'string-literal',
        immutableTypes: true,
        // Apollo Client adds it to every selection.
        nonOptionalTypename: true,
        skipTypeNameForRoot: true,
        strictScalars: true,
        scalars: { ID: 'string', Date: 'string', DateTime: 'string' },
        importExtension: '.ts',
      },
    },
  },
};

export default config;
