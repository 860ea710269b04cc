import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of a file, or an empty text when there is none. */
export function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** One short text that differs when any of the parts does. */
export function fingerprintOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/** All files below a directory of the root, as sorted paths relative to the root. */
export function listFiles(root, directory) {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/**
 * True when node_modules already holds what the lock file asks for, because somebody ran npm ci or npm install.
 * npm writes node_modules/.package-lock.json as the last step of an installation.
 */
export function isInstalledByHand(root) {
  const installed = JSON.parse(readIfThere(join(root, 'node_modules', '.package-lock.json')) || '{}').packages;
  const wanted = JSON.parse(readIfThere(join(root, 'package-lock.json')) || '{}').packages;
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = installed[path];
    if (!found) return path === '' || optional === true;
    return found.version === version && found.integrity === integrity;
  });
}
