import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Protocol } from './protocol.ts';
import { GRAPHQL_PROTOCOL } from './protocols/graphql.ts';
import { PLAIN_PROTOCOL } from './protocols/plain.ts';
import { REST_PROTOCOL } from './protocols/rest.ts';

/** A server that takes part: how Node.js starts it and how it is spoken to. */
export interface Contender {
  readonly name: string;
  readonly protocol: Protocol;
  /** Arguments for the Node.js executable. */
  readonly nodeArguments: readonly string[];
  /** Whether it connects as the role that row-level security binds, and not as the owner. */
  readonly isBound?: boolean;
  /** What it needs in its environment besides the settings that all get. */
  readonly environment?: Readonly<Record<string, string>>;
}

const PRODUCT_ENTRY = fromProject('dist/src/main.js');

/** All contenders. The first one is the floor that the others are compared with. */
export const CONTENDERS: readonly Contender[] = [
  { name: 'floor', protocol: PLAIN_PROTOCOL, ...typescript('bench/contenders/floor/server.ts') },
  { name: 'textbook', protocol: GRAPHQL_PROTOCOL, ...typescript('bench/contenders/textbook/server.ts') },
  // The product as it is deployed: compiled, in production mode, unmodified.
  { name: 'product', protocol: GRAPHQL_PROTOCOL, nodeArguments: [PRODUCT_ENTRY], isBound: true },
  // A process of its own, so that neither API profits or suffers from what the other made the JIT compiler learn.
  { name: 'product-rest', protocol: REST_PROTOCOL, nodeArguments: [PRODUCT_ENTRY], isBound: true },
];

/** Fails early, with the remedy, when the product shall take part and was not compiled. */
export function requireCompiled(names: readonly string[]): void {
  const needed = CONTENDERS.some(
    ({ name, nodeArguments }) => names.includes(name) && nodeArguments[0] === PRODUCT_ENTRY,
  );
  if (needed && !existsSync(PRODUCT_ENTRY)) throw new Error('the product is not compiled: run `npm run build` first');
}

/** Runs TypeScript as it is. tsx looks for the compiler's settings in the working directory unless told where they are. */
function typescript(path: string): Pick<Contender, 'nodeArguments' | 'environment'> {
  return {
    nodeArguments: ['--import', import.meta.resolve('tsx'), fromProject(path)],
    environment: { TSX_TSCONFIG_PATH: fromProject('tsconfig.json') },
  };
}

function fromProject(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
