import { join, relative } from 'node:path';
import type { CodegenConfig } from '@graphql-codegen/cli';

/** Whatever folder it is started from: the generator looks from there. */
const here = (path: string) => join(relative(process.cwd(), import.meta.dirname), path);

/** Typed documents of the operations beside it, from the schema that the server commits: `npm run generate`. */
const config: CodegenConfig = {
  schema: here('../../schema/schema.graphql'),
  documents: [here('src/documents/*.graphql')],
  generates: {
    [here('src/generated/')]: {
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
