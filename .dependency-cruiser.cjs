/**
 * What may import what. Each layer of src/ names the layers that it stands on, and everything else is refused:
 *
 *   core ← db, http ← auth, features ← graphql, rest ← app ← main, commands
 */
/** Run in a browser, not here; the playground sends them as they are. */
const browserFiles = '^src/graphql/playground/browser/';
const features = ['users', 'tasks', 'imports', 'exports', 'audit', 'sync', 'labels'];

const layers = {
  core: [],
  http: ['core'],
  db: ['core', 'config'],
  redis: ['core'],
  auth: ['core', 'http', 'db', 'config'],
  ...Object.fromEntries(features.map((feature) => [feature, ['core', 'http', 'db', ...features]])),
  // The factory of all services and the list of all entities.
  services: ['core', ...features],
  stores: ['db', 'services', ...features],
  'served-stores': ['core', 'db', 'stores', ...features],
  'rest-routes': ['core', 'http', 'services', ...features],
  entities: features,
  graphql: ['core', 'http', 'auth', ...features, 'config'],
  rest: ['core', 'http', 'auth', ...features, 'config'],
  ops: ['core', 'http', 'db', 'config'],
  backup: ['core', 'db'],
  workers: ['core', 'db', 'config'],
  settings: [],
  config: ['settings'],
};
const everything = [...Object.keys(layers), 'app'];
Object.assign(layers, { app: everything, main: everything, commands: everything });

/** A layer is a folder of src/ or a file beside the folders. */
const pathOf = (layer) => `^src/${layer}(/|\\.ts$)`;

const layerRules = Object.entries(layers).map(([layer, below]) => ({
  name: `layer-${layer}`,
  comment: `${layer} imports only ${[layer, ...below].join(', ')}`,
  severity: 'error',
  from: { path: pathOf(layer) },
  to: { path: '^src/', pathNot: [layer, ...below].map(pathOf) },
}));

/** What a feature shows to the others: its service, what that takes and answers, and how the APIs show it. */
const shared = '\\.(service|inputs|type|resource)\\.ts$|^src/(tasks/task|labels/label)\\.ts$';
const featureRules = features.map((feature) => ({
  name: `feature-${feature}`,
  comment: 'Features meet only through services, their inputs and GraphQL types',
  severity: 'error',
  from: { path: pathOf(feature) },
  to: { path: features.filter((other) => other !== feature).map(pathOf), pathNot: shared },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    ...featureRules,
    {
      name: 'known-layer',
      comment: 'A new folder of src/ needs its place in this file',
      severity: 'error',
      from: { path: '^src/', pathNot: Object.keys(layers).map(pathOf) },
      to: {},
    },
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dead-module',
      comment: 'Nothing that starts needs it',
      severity: 'error',
      from: { path: '^src/(main\\.ts|commands/)' },
      to: { path: '^src/', pathNot: ['^src/(main\\.ts|commands/)', '\\.d\\.ts$', browserFiles], reachable: false },
    },
    {
      name: 'no-way-back',
      comment: 'The product knows nothing of what tests, measures and builds it',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { path: '^(test|bench|scripts|docs|examples)/|^codegen\\.ts$' },
    },
    {
      name: 'examples-alone',
      comment: 'An example is what a client has of us: the API and nothing of the sources',
      severity: 'error',
      from: { path: '^(docs|examples)/' },
      to: { path: '^(src|migrations|test|bench|scripts)/' },
    },
    {
      name: 'kit-alone',
      comment: 'The kit of the front end is taken along without the application around it',
      severity: 'error',
      from: { path: '^examples/web/src/apollo/' },
      to: { path: '^examples/web/src/', pathNot: '^examples/web/src/(apollo|generated)/' },
    },
    {
      name: 'migrations-alone',
      comment: 'A migration must do for ever what it did when it was written',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^src/' },
    },
    {
      name: 'production-packages',
      comment: 'Images hold production dependencies only',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: browserFiles },
      to: { dependencyTypes: ['npm-dev', 'npm-optional'] },
    },
    {
      name: 'declared-packages',
      comment: 'Every package that is imported stands in package.json',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What is built need not be there.
    exclude: { path: '^(\\.\\./)?dist/|^examples/web/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types count as imports: a layer that names another's type knows of it.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
