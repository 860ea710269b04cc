import 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { jsonPgSmartTags } from 'postgraphile/utils';
import { DATABASE_URL, POOL_SIZE } from '../settings.ts';

/** PostGraphile filters and sorts by the first column of an index only, unless it is told. */
const smartTags = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      tasks: {
        attribute: {
          deleted_at: { tags: { behavior: ['+filterBy'] } },
          created_at: { tags: { behavior: ['+orderBy'] } },
        },
      },
    },
  },
});

/** The user of each request, put where row-level security looks for it. */
export const users = new WeakMap<object, string>();

export const preset: GraphileConfig.Preset = {
  extends: [PostGraphileAmberPreset],
  plugins: [smartTags],
  pgServices: [
    makePgService({
      connectionString: DATABASE_URL,
      schemas: ['public', 'postgraphile'],
      poolConfig: { max: POOL_SIZE },
    }),
  ],
  grafast: {
    explain: false,
    context: ({ node }) => ({ pgSettings: { 'app.user_id': node ? (users.get(node.req) ?? '') : '' } }),
  },
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
};
