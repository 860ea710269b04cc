/**
 * Copies what the playground's page loads to dist/assets/, after the compiler: images for production hold dist and the
 * production dependencies only. Each package's licence goes with its files.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'dist', 'assets');
const ownFiles = join(root, 'src', 'graphql', 'playground', 'browser');

const { ASSET_SOURCES } = await import('../dist/src/graphql/playground/asset-list.js');
const { fileOf } = await import('../dist/src/graphql/playground/assets.js');

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const source of ASSET_SOURCES) {
  copyFileSync(fileOf(source, ownFiles), join(target, source.name));
  if (!source.package) continue;
  copyFileSync(fileOf({ ...source, path: 'LICENSE' }, ownFiles), join(target, `${source.package}.LICENSE.txt`));
}
