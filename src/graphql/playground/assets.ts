import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceUnavailableError } from '../../core/errors.ts';
import { ASSET_SOURCES, type AssetSource } from './asset-list.ts';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** changes with the content, so that browsers may keep the file for ever under a URL that has it */
  readonly version: string;
}

export type Assets = ReadonlyMap<string, Asset>;

const HERE = dirname(fileURLToPath(import.meta.url));
const BUILT_ASSETS = join(HERE, '..', '..', '..', 'assets');
const IS_BUILT = import.meta.url.endsWith('.js');

let loaded: Promise<Assets> | undefined;

/**
 * Reads the page's files when somebody first asks for them, and keeps them: most servers never show the page.
 * @throws ServiceUnavailableError when they were not built
 */
export function loadAssets(): Promise<Assets> {
  loaded ??= Promise.all(ASSET_SOURCES.map(readAsset)).then(
    (entries) => new Map(entries),
    (cause: unknown) => {
      loaded = undefined;
      throw new ServiceUnavailableError('The playground is not built, run: npm run build', undefined, cause);
    },
  );
  return loaded;
}

async function readAsset(source: AssetSource): Promise<[string, Asset]> {
  const body = await readFile(IS_BUILT ? join(BUILT_ASSETS, source.name) : fileOf(source));
  const version = createHash('sha256').update(body).digest('base64url').slice(0, 16);
  return [source.name, { type: source.type, body, version }];
}

/** Where a file is before the build copies it. */
export function fileOf({ package: packageName, path }: AssetSource, ownFiles = join(HERE, 'browser')): string {
  if (packageName === undefined) return join(ownFiles, path);
  return join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), path);
}
