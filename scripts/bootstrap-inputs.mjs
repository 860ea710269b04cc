import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
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
 * True when somebody ran npm ci or npm install since the stamp was written, and node_modules holds what the lock file
 * asks for. npm writes node_modules/.package-lock.json as the last step of an installation.
 */
export function isInstalledByHand(root, stamp) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (modifiedAt(record) <= modifiedAt(stamp)) return false;
  const installed = JSON.parse(readIfThere(record)).packages ?? {};
  const wanted = JSON.parse(readIfThere(join(root, 'package-lock.json')) || '{}').packages ?? {};
  return Object.entries(wanted).every(([path, { version, integrity, optional, link }]) => {
    const found = installed[path];
    // A workspace is our own folder, and the link to it names no version.
    if (link || !path.includes('node_modules/')) return true;
    if (!found) return optional === true;
    if (found.version !== version || found.integrity !== integrity) return false;
    return existsSync(join(root, path, 'package.json'));
  });
}

function modifiedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
