/** One file of the playground's page. */
export interface AssetSource {
  /** its name under /graphql/assets/ */
  readonly name: string;
  readonly type: string;
  /** the npm package that it comes from; without one it is a file of ours, in `browser/` */
  readonly package?: string;
  /** where it is in the package or the folder */
  readonly path: string;
}

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** Everything that the page loads. `scripts/build-assets.mjs` copies these files to `dist/assets/`. */
export const ASSET_SOURCES: readonly AssetSource[] = [
  { name: 'react.js', type: SCRIPT, package: 'react', path: 'umd/react.production.min.js' },
  { name: 'react-dom.js', type: SCRIPT, package: 'react-dom', path: 'umd/react-dom.production.min.js' },
  { name: 'graphiql.js', type: SCRIPT, package: 'graphiql', path: 'graphiql.min.js' },
  { name: 'graphiql.css', type: STYLE, package: 'graphiql', path: 'graphiql.min.css' },
  { name: 'playground.js', type: SCRIPT, path: 'playground.js' },
  { name: 'playground.css', type: STYLE, path: 'playground.css' },
  { name: 'icon.svg', type: 'image/svg+xml', path: 'icon.svg' },
];
