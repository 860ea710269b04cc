import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Protocol } from './protocol.ts';
import { PLAIN_PROTOCOL } from './protocols/plain.ts';
import { POSTGRAPHILE } from './protocols/postgraphile.ts';
import { REST_PROTOCOL } from './protocols/rest.ts';
import { CONTENDER_GRAPHQL, PRODUCT_GRAPHQL } from './protocols/task-graphql.ts';

/** A server that takes part: how Node.js starts it and how it is spoken to. */
export interface Contender {
  readonly name: string;
  readonly protocol: Protocol;
  /** Arguments for the Node.js executable. */
  readonly nodeArguments: readonly string[];
  /** Whether it connects as the role that row-level security binds, and not as the owner. */
  readonly isBound?: boolean;
  /** Whether a failed request of it fails the benchmark: the peers' own faults are only told. */
  readonly isJudged?: boolean;
  /** What it needs in its environment besides the settings that all get. */
  readonly environment?: Readonly<Record<string, string>>;
}

const PRODUCT_ENTRY = fromProject('dist/src/main.js');

/** The product as it is deployed: compiled, in production mode, unmodified. */
const PRODUCT = { nodeArguments: [PRODUCT_ENTRY], isBound: true, isJudged: true } as const;
const WITHOUT_MEMORY = { RESULT_CACHE_SIZE: '0' };

/**
 * All contenders; the first one is the floor that the others are compared with. Each is a process of its own, so that
 * neither API of the product profits or suffers from what the other made the JIT compiler learn.
 */
export const CONTENDERS: readonly Contender[] = [
  { name: 'floor', protocol: PLAIN_PROTOCOL, isJudged: true, ...typescript('bench/contenders/floor/server.ts') },
  { name: 'product', protocol: PRODUCT_GRAPHQL, ...PRODUCT },
  { name: 'product-rest', protocol: REST_PROTOCOL, ...PRODUCT },
  { name: 'product-fresh', protocol: PRODUCT_GRAPHQL, ...PRODUCT, environment: WITHOUT_MEMORY },
  { name: 'product-rest-fresh', protocol: REST_PROTOCOL, ...PRODUCT, environment: WITHOUT_MEMORY },
  { name: 'mercurius', protocol: CONTENDER_GRAPHQL, ...typescript('bench/contenders/mercurius/server.ts') },
  {
    name: 'postgraphile',
    protocol: POSTGRAPHILE,
    isBound: true,
    ...typescript('bench/contenders/postgraphile/server.ts'),
  },
  { name: 'textbook', protocol: CONTENDER_GRAPHQL, ...typescript('bench/contenders/textbook/server.ts') },
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
