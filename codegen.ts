import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Typed documents for clients, from the committed schema: `npm run generate`. A front end uses the same file with its
 * own documents; the end-to-end tests prove the result against the running server.
 */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['test/e2e/**/*.ts'],
  generates: {
    'test/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumType: 'string-literal',
        immutableTypes: true,
        // Apollo Client adds it to every selection.
        nonOptionalTypename: true,
        skipTypeNameForRoot: true,
        strictScalars: true,
        scalars: { ID: 'string', DateTime: 'string' },
        importExtension: '.ts',
      },
    },
  },
};

export default config;
