import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents of the operations beside it, from the schema that the server commits: `npm run generate`. */
const config: CodegenConfig = {
  schema: '../../schema/schema.graphql',
  documents: ['src/documents/*.graphql'],
  generates: {
    'src/generated/': {
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
        scalars: { ID: 'string', DateTime: 'string', Date: 'string' },
        importExtension: '.ts',
      },
    },
  },
};

export default config;
